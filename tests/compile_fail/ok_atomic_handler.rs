// SPDX-License-Identifier: GPL-2.0

//! What a handler on an atomic chain may own, and a panic handler may not: what spins, and what
//! wakes.

use kernel::{
    prelude::*,
    sync::{
        Completion,
        SpinLock, //
    }, //
};
use notifier_chain::{
    atomic,
    Outcome, //
};

#[pin_data]
pub struct Waker {
    #[pin]
    pub count: SpinLock<u32>,
    #[pin]
    pub done: Completion,
}

impl atomic::Handler<u32> for Waker {
    fn notify(&self, event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        *self.count.lock() += *event;
        self.done.complete_all();
        Outcome::Ok
    }
}
