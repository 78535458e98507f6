// SPDX-License-Identifier: GPL-2.0

//! Sleeps as a handler on a raw chain in a spin lock.
//!
//! Refused: fsleep

use kernel::time::{
    delay::fsleep,
    Delta, //
};
use notifier_chain::{
    raw,
    Outcome, //
};

pub(super) struct Handler;

impl raw::Handler<u32> for Handler {
    fn notify(&self, _event: &u32, _cx: raw::Context<'_>) -> Outcome {
        fsleep(Delta::from_millis(7));
        Outcome::Ok
    }
}
