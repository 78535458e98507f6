// SPDX-License-Identifier: GPL-2.0

//! Sleeps in the closure of an iterator.
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
    fn notify(&self, event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        (0..*event)
            .filter(|step| step % 3 == 1)
            .for_each(|step| fsleep(Delta::from_micros(i64::from(step))));
        Outcome::Ok
    }
}
