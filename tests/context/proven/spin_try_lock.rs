// SPDX-License-Identifier: GPL-2.0

//! Takes a spin lock if nobody has it.

use kernel::{
    new_spinlock,
    prelude::*,
    sync::{
        rcu,
        SpinLock, //
    }, //
};
use notifier_chain::NotifyReturn;

use crate::subject::Chain;

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

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        if let Some(mut level) = self.level.try_lock() {
            *level ^= *event;
        }
        NotifyReturn::OK
    }
}
