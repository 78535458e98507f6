// SPDX-License-Identifier: GPL-2.0

//! Locks a mutex in a static.
//!
//! Refused: mutex_lock

use kernel::{
    prelude::*,
    sync::{
        global_lock,
        rcu, //
    }, //
};
use notifier_chain::NotifyReturn;

use crate::subject::Chain;

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

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        *LEVEL.lock() = *event;
        NotifyReturn::OK
    }
}
