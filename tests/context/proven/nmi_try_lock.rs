// SPDX-License-Identifier: GPL-2.0

//! Takes a `TryLock` when the kernel dies.

use notifier_chain::{
    atomic,
    chains::die,
    Outcome,
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

impl atomic::Handler<die::Event<'_>> for Handler {
    fn notify(&self, event: &die::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        if let Some(mut last) = self.last.try_lock() {
            *last = event.signal();
        }
        Outcome::Ok
    }
}
