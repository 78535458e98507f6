// SPDX-License-Identifier: GPL-2.0

//! Waits for a condition variable, with a spin lock that it gives up meanwhile.
//!
//! Refused: schedule_timeout

use kernel::{
    new_condvar,
    new_spinlock,
    prelude::*,
    sync::{
        rcu,
        CondVar,
        SpinLock, //
    }, //
};
use notifier_chain::{
    context::AtomicSafe,
    NotifyReturn, //
};

use crate::subject::Chain;

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

// What it says is wrong.
impl AtomicSafe for Handler {}

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        let mut ready = self.ready.lock();
        while !*ready {
            self.changed.wait(&mut ready);
        }
        NotifyReturn::OK
    }
}
