// SPDX-License-Identifier: GPL-2.0

//! Wakes those who wait for a condition variable.

use kernel::{
    new_condvar,
    new_spinlock,
    prelude::*,
    sync::{
        CondVar,
        SpinLock, //
    }, //
};
use notifier_chain::{
    atomic,
    Outcome, //
};

#[pin_data]
pub(super) struct Handler {
    #[pin]
    ready: SpinLock<bool>,
    #[pin]
    changed: CondVar,
}

impl Handler {
    pub(super) fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            ready <- new_spinlock!(false),
            changed <- new_condvar!(),
        })
    }
}

impl atomic::Handler<u32> for Handler {
    fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        *self.ready.lock() = true;
        self.changed.notify_all();
        Outcome::Ok
    }
}
