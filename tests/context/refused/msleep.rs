// SPDX-License-Identifier: GPL-2.0

//! Sleeps by itself, in a function of C.
//!
//! Refused: msleep

use kernel::bindings;
use notifier_chain::{
    atomic,
    Outcome, //
};

pub(super) struct Handler;

impl atomic::Handler<u32> for Handler {
    fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        // SAFETY: There is nothing to keep to but that one may sleep.
        unsafe { bindings::msleep(1) };
        Outcome::Ok
    }
}
