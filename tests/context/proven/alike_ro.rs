// SPDX-License-Identifier: GPL-2.0

//! Compares with a number that is constant after the start.

use kernel::sync::rcu;
use notifier_chain::NotifyReturn;

use super::c;
use crate::subject::Chain;

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        c::context_alike_ro(*event);
        NotifyReturn::OK
    }
}
