// SPDX-License-Identifier: GPL-2.0

//! A handler is called for as long as it is registered, which may be for ever: it cannot borrow.

use kernel::sync::atomic::{
    Atomic,
    Relaxed, //
};
use notifier_chain::{
    atomic,
    Outcome, //
};

pub struct Counter<'a>(pub &'a Atomic<u32>);

impl atomic::Handler<u32> for Counter<'_> {
    fn notify(&self, event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        self.0.fetch_add(*event, Relaxed);
        Outcome::Ok
    }
}
