// SPDX-License-Identifier: GPL-2.0

//! Takes a `TryLock` when the kernel dies.

use kernel::sync::rcu;
use notifier_chain::{
    chains::die,
    TryLock, //
};

pub(super) struct Handler {
    last: TryLock<i32>,
}

impl Handler {
    pub(super) fn new() -> Self {
        Self {
            last: TryLock::new(0),
        }
    }
}

impl notifier_chain::Handler<die::Chain> for Handler {
    fn notify(&self, event: die::Event<'_>, _: &rcu::Guard) -> die::Answer {
        if let Some(mut last) = self.last.try_lock() {
            *last = event.signal();
        }
        die::Answer::NotHandled
    }
}
