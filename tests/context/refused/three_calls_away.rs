// SPDX-License-Identifier: GPL-2.0

//! Sleeps three calls away, the last of them in C.
//!
//! Refused: first -> second -> context_third -> msleep

use notifier_chain::{
    atomic,
    Outcome, //
};

use super::c;

pub(super) struct Handler;

#[inline(never)]
fn first(level: u32) {
    if level > 3 {
        second(level - 3);
    }
}

#[inline(never)]
fn second(level: u32) {
    for step in 0..level {
        c::context_third(step);
    }
}

impl atomic::Handler<u32> for Handler {
    fn notify(&self, event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        first(*event);
        Outcome::Ok
    }
}
