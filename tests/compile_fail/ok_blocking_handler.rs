// SPDX-License-Identifier: GPL-2.0

//! What a handler on a blocking chain may do: own what sleeps, call and register on other chains.

use kernel::{
    prelude::*,
    sync::{
        Arc,
        Mutex, //
    },
};
use notifier_chain::{
    atomic,
    blocking,
    srcu,
    Outcome,
    Priority, //
};

pub struct Silent;

impl srcu::Handler<u32> for Silent {
    fn notify(&self, _event: &u32, _cx: srcu::Context<'_>) -> Outcome {
        Outcome::Done
    }
}

#[pin_data]
pub struct Relay {
    #[pin]
    pub last: Mutex<u32>,
    pub blocking: Arc<blocking::Chain<str>>,
    pub atomic: Arc<atomic::Chain<u32>>,
    pub srcu: Arc<srcu::Chain<u32>>,
}

impl blocking::Handler<u32> for Relay {
    fn notify(&self, event: &u32, cx: blocking::Context<'_>) -> Outcome {
        *self.last.lock() = *event;
        self.atomic.call(event);
        self.srcu.call(cx, event);

        let silent = srcu::register(cx, self.srcu.clone(), Priority::DEFAULT, Silent);
        drop(KBox::pin_init(silent, GFP_KERNEL));
        self.blocking.call(cx, "relayed").last()
    }
}
