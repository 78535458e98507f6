// SPDX-License-Identifier: GPL-2.0

//! Sleeps in a function that another one ends in.
//!
//! Refused: give_way -> schedule

use kernel::bindings;
use notifier_chain::{
    atomic,
    Outcome, //
};

pub(super) struct Handler;

#[inline(never)]
fn give_way() {
    // SAFETY: There is nothing to keep to but that one may sleep.
    unsafe { bindings::schedule() }
}

impl atomic::Handler<u32> for Handler {
    fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        give_way();
        Outcome::Ok
    }
}
