// SPDX-License-Identifier: GPL-2.0

//! Locks a mutex of C.
//!
//! Refused: context_count_under_mutex -> mutex_lock

use kernel::sync::rcu;
use notifier_chain::NotifyReturn;

use super::c;
use crate::subject::Chain;

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        c::context_count_under_mutex();
        NotifyReturn::OK
    }
}
