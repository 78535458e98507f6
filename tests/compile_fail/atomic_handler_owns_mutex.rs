// SPDX-License-Identifier: GPL-2.0

//! A handler on any atomic chain cannot own a mutex.

use kernel::{
    prelude::*,
    sync::Mutex, //
};
use notifier_chain::{
    atomic,
    Outcome, //
};

#[pin_data]
pub struct Waiter {
    #[pin]
    pub count: Mutex<u32>,
}

impl atomic::Handler<u32> for Waiter {
    fn notify(&self, event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        *self.count.lock() += *event;
        Outcome::Ok
    }
}
