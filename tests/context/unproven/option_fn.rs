// SPDX-License-Identifier: GPL-2.0

//! Calls a function by a pointer in its state.

use kernel::sync::rcu;
use notifier_chain::NotifyReturn;

use super::c;
use crate::subject::Chain;

pub(super) struct Handler {
    hook: Option<fn(u32)>,
}

impl Handler {
    pub(super) fn new() -> Self {
        Self { hook: c::hook() }
    }
}

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        if let Some(hook) = self.hook {
            hook(*event);
        }
        NotifyReturn::OK
    }
}
