// SPDX-License-Identifier: GPL-2.0

//! Sleeps by itself, in a function of the `kernel` crate.
//!
//! Refused: fsleep

use kernel::time::{
    delay::fsleep,
    Delta, //
};
use notifier_chain::{
    atomic,
    Outcome, //
};

pub(super) struct Handler;

impl atomic::Handler<u32> for Handler {
    fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        fsleep(Delta::from_millis(2));
        Outcome::Ok
    }
}
