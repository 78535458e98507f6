// SPDX-License-Identifier: GPL-2.0

//! Gives the CPU away for a while.
//!
//! Refused: schedule_timeout

use kernel::bindings;
use notifier_chain::{
    atomic,
    Outcome, //
};

pub(super) struct Handler;

impl atomic::Handler<u32> for Handler {
    fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        // SAFETY: There is nothing to keep to but that one may sleep.
        unsafe { bindings::schedule_timeout(3) };
        Outcome::Ok
    }
}
