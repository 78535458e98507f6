// SPDX-License-Identifier: GPL-2.0

//! Wakes those who wait for a condition variable.
//!
//! Not under PREEMPT_RT.

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

// It wakes, and does not wait.
impl AtomicSafe for Handler {}

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        *self.ready.lock() = true;
        self.changed.notify_all();
        NotifyReturn::OK
    }
}
