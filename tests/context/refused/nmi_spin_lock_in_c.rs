// SPDX-License-Identifier: GPL-2.0

//! Waits for a spin lock of C when the kernel dies.
//!
//! Refused: context_count_under_spin_lock -> spin_lock

use notifier_chain::{
    atomic,
    chains::die,
    Outcome, //
};

use super::c;

pub(super) struct Handler;

impl atomic::Handler<die::Event<'_>> for Handler {
    fn notify(&self, _event: &die::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        c::context_count_under_spin_lock();
        Outcome::Ok
    }
}
