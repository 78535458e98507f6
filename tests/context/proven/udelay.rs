// SPDX-License-Identifier: GPL-2.0

//! Waits without sleeping.

use kernel::time::{
    delay::udelay,
    Delta, //
};
use notifier_chain::{
    atomic,
    Outcome, //
};

pub(super) struct Handler;

impl atomic::Handler<u32> for Handler {
    fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        udelay(Delta::from_micros(3));
        Outcome::Ok
    }
}
