// SPDX-License-Identifier: GPL-2.0

//! Sleeps in a function of C that is in its own module.
//!
//! Refused: context_settle -> usleep_range

use kernel::sync::rcu;
use notifier_chain::NotifyReturn;

use super::c;
use crate::subject::Chain;

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        c::context_settle();
        NotifyReturn::OK
    }
}
