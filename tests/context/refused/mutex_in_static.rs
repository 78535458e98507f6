// SPDX-License-Identifier: GPL-2.0

//! Locks a mutex in a static.
//!
//! Refused: mutex_lock

use kernel::{
    prelude::*,
    sync::global_lock, //
};
use notifier_chain::{
    atomic,
    Outcome, //
};

global_lock! {
    // SAFETY: Initialised before the handler is registered.
    unsafe(uninit) static LEVEL: Mutex<u32> = 0;
}

pub(super) struct Handler;

impl Handler {
    pub(super) fn new() -> Self {
        // SAFETY: Called once.
        unsafe { LEVEL.init() };
        Self
    }
}

impl atomic::Handler<u32> for Handler {
    fn notify(&self, event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        *LEVEL.lock() = *event;
        Outcome::Ok
    }
}
