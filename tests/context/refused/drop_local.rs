// SPDX-License-Identifier: GPL-2.0

//! Sleeps when a local goes.
//!
//! Refused: fsleep

use kernel::{
    prelude::*,
    time::{
        delay::fsleep,
        Delta, //
    }, //
};
use notifier_chain::{
    atomic,
    Outcome, //
};

struct Powered;

impl Drop for Powered {
    fn drop(&mut self) {
        fsleep(Delta::from_millis(4));
    }
}

pub(super) struct Handler;

impl atomic::Handler<u32> for Handler {
    fn notify(&self, event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        let _powered = Powered;
        pr_info!("{event}\n");
        Outcome::Ok
    }
}
