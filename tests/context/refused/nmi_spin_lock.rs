// SPDX-License-Identifier: GPL-2.0

//! Waits for a spin lock in a static when the kernel dies.
//!
//! Refused: spin_lock

use kernel::{
    prelude::*,
    sync::{
        global_lock,
        rcu, //
    }, //
};
use notifier_chain::chains::die;

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

impl notifier_chain::Handler<die::Chain> for Handler {
    fn notify(&self, _: die::Event<'_>, _: &rcu::Guard) -> die::Answer {
        *DEATHS.lock() += 1;
        die::Answer::NotHandled
    }
}
