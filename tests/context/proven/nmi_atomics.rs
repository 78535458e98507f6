// SPDX-License-Identifier: GPL-2.0

//! Counts deaths.

use kernel::sync::atomic::{
    Atomic,
    Relaxed, //
};
use notifier_chain::{
    atomic,
    chains::die,
    Outcome, //
};

static DEATHS: Atomic<u32> = Atomic::new(0);

pub(super) struct Handler;

impl atomic::Handler<die::Event<'_>> for Handler {
    fn notify(&self, _event: &die::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        DEATHS.fetch_add(1, Relaxed);
        Outcome::Ok
    }
}
