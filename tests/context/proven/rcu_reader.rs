// SPDX-License-Identifier: GPL-2.0

//! Reads under RCU.

use kernel::{
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        rcu, //
    }, //
};
use notifier_chain::{
    atomic,
    Outcome, //
};

static LEVEL: Atomic<u32> = Atomic::new(0);

pub(super) struct Handler;

impl atomic::Handler<u32> for Handler {
    fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        let guard = rcu::read_lock();
        let level = LEVEL.load(Relaxed);
        drop(guard);
        pr_info!("{level}\n");
        Outcome::Ok
    }
}
