// SPDX-License-Identifier: GPL-2.0

//! Copies and compares what is large.

use notifier_chain::{
    atomic,
    Outcome,
    TryLock, //
};

pub(super) struct Handler {
    last: TryLock<[u32; 256]>,
}

impl Handler {
    pub(super) fn new() -> Self {
        Self {
            last: TryLock::new([0; 256]),
        }
    }
}

impl atomic::Handler<u32> for Handler {
    fn notify(&self, event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        if let Some(mut last) = self.last.try_lock() {
            let mut next = *last;
            next.fill(*event);
            if next != *last {
                *last = next;
            }
        }
        Outcome::Ok
    }
}
