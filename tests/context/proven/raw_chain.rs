// SPDX-License-Identifier: GPL-2.0

//! Counts as a handler on a raw chain in a spin lock.

use kernel::sync::atomic::{
    Atomic,
    Relaxed, //
};
use notifier_chain::{
    raw,
    Outcome, //
};

static COUNT: Atomic<u32> = Atomic::new(0);

pub(super) struct Handler;

impl raw::Handler<u32> for Handler {
    fn notify(&self, event: &u32, _cx: raw::Context<'_>) -> Outcome {
        COUNT.fetch_add(*event, Relaxed);
        Outcome::Ok
    }
}
