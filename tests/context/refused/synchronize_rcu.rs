// SPDX-License-Identifier: GPL-2.0

//! Waits for a grace period.
//!
//! Refused: synchronize_rcu

use kernel::sync::rcu;
use notifier_chain::NotifyReturn;

use super::c;
use crate::subject::Chain;

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        c::synchronize_rcu();
        NotifyReturn::OK
    }
}
