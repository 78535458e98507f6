// SPDX-License-Identifier: GPL-2.0

//! Allocates when the kernel dies, if without sleeping.
//!
//! Refused: krealloc

use kernel::prelude::*;
use notifier_chain::{
    atomic,
    chains::die,
    Outcome, //
};

pub(super) struct Handler;

impl atomic::Handler<die::Event<'_>> for Handler {
    fn notify(&self, event: &die::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        if let Ok(copy) = KBox::new(event.signal(), GFP_ATOMIC) {
            pr_emerg!("{copy}\n");
        }
        Outcome::Ok
    }
}
