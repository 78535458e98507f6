// SPDX-License-Identifier: GPL-2.0

//! Several tasks call a blocking chain at the same time.

use core::cell::Cell;

use notifier_chain::{
    blocking,
    Outcome, //
};

pub struct Counter(pub Cell<u32>);

impl blocking::Handler<u32> for Counter {
    fn notify(&self, event: &u32, _cx: blocking::Context<'_>) -> Outcome {
        self.0.set(self.0.get() + *event);
        Outcome::Ok
    }
}
