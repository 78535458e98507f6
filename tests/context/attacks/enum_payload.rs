// SPDX-License-Identifier: GPL-2.0

//! Calls the function that a variant of an enum holds.

use kernel::sync::rcu;
use notifier_chain::NotifyReturn;

use super::c;
use crate::subject::Chain;

#[allow(dead_code, reason = "only one is made")]
enum Step {
    Wait([usize; 3]),
    Run([usize; 2], fn()),
}

pub(super) struct Handler {
    step: Step,
}

impl Handler {
    pub(super) fn new() -> Self {
        Self {
            step: Step::Run([1, 2], c::nap),
        }
    }
}

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        if let Step::Run(_, run) = &self.step {
            run();
        }
        NotifyReturn::OK
    }
}
