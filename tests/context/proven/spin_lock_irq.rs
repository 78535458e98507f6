// SPDX-License-Identifier: GPL-2.0

//! Takes a spin lock with interrupts off.
//!
//! Not on 7.2.
//!
//! Not under PREEMPT_RT.

use kernel::{
    new_spinlock_irq,
    prelude::*,
    sync::{
        rcu,
        SpinLockIrq, //
    }, //
};
use notifier_chain::NotifyReturn;

use crate::subject::Chain;

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

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        *self.level.lock() += *event;
        NotifyReturn::OK
    }
}
