// SPDX-License-Identifier: GPL-2.0

//! Counts.

use kernel::sync::atomic::{
    Atomic,
    Full,
    Relaxed,
    Release, //
};
use notifier_chain::{
    atomic,
    Outcome, //
};

pub(super) struct Handler {
    count: Atomic<u32>,
    last: Atomic<u32>,
}

impl Handler {
    pub(super) fn new() -> Self {
        Self {
            count: Atomic::new(0),
            last: Atomic::new(0),
        }
    }
}

impl atomic::Handler<u32> for Handler {
    fn notify(&self, event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        self.count.fetch_add(*event, Relaxed);
        self.last.store(*event, Release);
        if self.count.cmpxchg(100, 0, Full).is_ok() {
            return Outcome::Stop;
        }
        Outcome::Ok
    }
}
