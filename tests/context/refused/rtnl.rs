// SPDX-License-Identifier: GPL-2.0

//! Takes the lock of the network devices.
//!
//! Refused: rtnl_lock

use kernel::sync::rcu;
use notifier_chain::NotifyReturn;

use super::c;
use crate::subject::Chain;

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        c::rtnl_lock();
        c::rtnl_unlock();
        NotifyReturn::OK
    }
}
