// SPDX-License-Identifier: GPL-2.0

//! Has something freed after a grace period, by the macro for that.

use kernel::sync::rcu;
use notifier_chain::NotifyReturn;

use super::c;
use crate::subject::Chain;

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        c::context_kfree_rcu();
        NotifyReturn::OK
    }
}
