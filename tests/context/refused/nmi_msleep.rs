// SPDX-License-Identifier: GPL-2.0

//! Sleeps when the kernel dies.
//!
//! Refused: fsleep

use kernel::time::{
    delay::fsleep,
    Delta, //
};
use notifier_chain::{
    atomic,
    chains::die,
    Outcome, //
};

pub(super) struct Handler;

impl atomic::Handler<die::Event<'_>> for Handler {
    fn notify(&self, _event: &die::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        fsleep(Delta::from_millis(8));
        Outcome::Ok
    }
}
