// SPDX-License-Identifier: GPL-2.0

//! Takes a spin lock with interrupts off.

use kernel::{
    new_spinlock_irq,
    prelude::*,
    sync::SpinLockIrq, //
};
use notifier_chain::{
    atomic,
    Outcome, //
};

#[pin_data]
pub(super) struct Handler {
    #[pin]
    level: SpinLockIrq<u32>,
}

impl Handler {
    pub(super) fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            level <- new_spinlock_irq!(0),
        })
    }
}

impl atomic::Handler<u32> for Handler {
    fn notify(&self, event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        *self.level.lock() += *event;
        Outcome::Ok
    }
}
