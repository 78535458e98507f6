// SPDX-License-Identifier: GPL-2.0

//! Waits for a spin lock in a static when the kernel dies.
//!
//! Refused: spin_lock

use kernel::{
    prelude::*,
    sync::global_lock, //
};
use notifier_chain::{
    atomic,
    chains::die,
    Outcome, //
};

global_lock! {
    // SAFETY: Initialised before the handler is registered.
    unsafe(uninit) static DEATHS: SpinLock<u32> = 0;
}

pub(super) struct Handler;

impl Handler {
    pub(super) fn new() -> Self {
        // SAFETY: Called once.
        unsafe { DEATHS.init() };
        Self
    }
}

impl atomic::Handler<die::Event<'_>> for Handler {
    fn notify(&self, _event: &die::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        *DEATHS.lock() += 1;
        Outcome::Ok
    }
}
