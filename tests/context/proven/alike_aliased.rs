// SPDX-License-Identifier: GPL-2.0

//! Passes the address of one number twice.

use kernel::sync::rcu;
use notifier_chain::NotifyReturn;

use super::c;
use crate::subject::Chain;

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        c::context_alike_aliased(*event);
        NotifyReturn::OK
    }
}
