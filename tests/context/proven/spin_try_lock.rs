// SPDX-License-Identifier: GPL-2.0

//! Takes a spin lock if nobody has it.

use kernel::{
    new_spinlock,
    prelude::*,
    sync::SpinLock, //
};
use notifier_chain::{
    atomic,
    Outcome, //
};

#[pin_data]
pub(super) struct Handler {
    #[pin]
    level: SpinLock<u32>,
}

impl Handler {
    pub(super) fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            level <- new_spinlock!(1),
        })
    }
}

impl atomic::Handler<u32> for Handler {
    fn notify(&self, event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        if let Some(mut level) = self.level.try_lock() {
            *level ^= *event;
        }
        Outcome::Ok
    }
}
