// SPDX-License-Identifier: GPL-2.0

//! Wakes somebody when the kernel dies, which takes the lock of a queue.
//!
//! Refused: context_wake_up -> __wake_up

use notifier_chain::{
    atomic,
    chains::die,
    Outcome, //
};

use super::c;

pub(super) struct Handler;

impl atomic::Handler<die::Event<'_>> for Handler {
    fn notify(&self, _event: &die::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        c::context_wake_up();
        Outcome::Ok
    }
}
