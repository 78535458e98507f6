// SPDX-License-Identifier: GPL-2.0

//! Waits for a completion.
//!
//! Refused: wait_for_completion

use kernel::{
    prelude::*,
    sync::Completion, //
};
use notifier_chain::{
    atomic,
    Outcome, //
};

#[pin_data]
pub(super) struct Handler {
    #[pin]
    done: Completion,
}

impl Handler {
    pub(super) fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            done <- Completion::new(),
        })
    }
}

impl atomic::Handler<u32> for Handler {
    fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        self.done.wait_for_completion();
        Outcome::Ok
    }
}
