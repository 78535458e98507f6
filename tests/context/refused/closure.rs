// SPDX-License-Identifier: GPL-2.0

//! Sleeps in a closure that is given away.
//!
//! Refused: twice -> fsleep

use kernel::time::{
    delay::fsleep,
    Delta, //
};
use notifier_chain::{
    atomic,
    Outcome, //
};

pub(super) struct Handler;

#[inline(never)]
fn twice(step: impl Fn()) {
    step();
    step();
}

impl atomic::Handler<u32> for Handler {
    fn notify(&self, event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        let pause = i64::from(*event);
        twice(|| fsleep(Delta::from_micros(pause)));
        Outcome::Ok
    }
}
