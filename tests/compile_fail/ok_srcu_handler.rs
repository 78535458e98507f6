// SPDX-License-Identifier: GPL-2.0

//! What a handler on an SRCU chain may do: own what sleeps, and call its own chain.

use kernel::{
    prelude::*,
    sync::{
        Arc,
        Mutex, //
    },
};
use notifier_chain::{
    srcu,
    Outcome, //
};

#[pin_data]
pub struct Countdown {
    #[pin]
    pub last: Mutex<u32>,
    pub chain: Arc<srcu::Chain<u32>>,
}

impl srcu::Handler<u32> for Countdown {
    fn notify(&self, event: &u32, cx: srcu::Context<'_>) -> Outcome {
        *self.last.lock() = *event;
        match event.checked_sub(1) {
            Some(next) => self.chain.call(cx, &next).last(),
            None => Outcome::Stop,
        }
    }
}
