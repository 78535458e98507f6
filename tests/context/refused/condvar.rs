// SPDX-License-Identifier: GPL-2.0

//! Waits for a condition variable, with a spin lock that it gives up meanwhile.
//!
//! Refused: schedule_timeout

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
        let mut ready = self.ready.lock();
        while !*ready {
            self.changed.wait(&mut ready);
        }
        Outcome::Ok
    }
}
