// SPDX-License-Identifier: GPL-2.0

//! Has the beginning of a struct written by the address of its end.

use kernel::sync::rcu;
use notifier_chain::NotifyReturn;

use super::c;
use crate::subject::Chain;

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        c::context_alike_container(*event);
        NotifyReturn::OK
    }
}
