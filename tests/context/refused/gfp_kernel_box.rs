// SPDX-License-Identifier: GPL-2.0

//! Allocates a box with `GFP_KERNEL`.
//!
//! Refused: krealloc

use kernel::prelude::*;
use notifier_chain::{
    atomic,
    Outcome, //
};

pub(super) struct Handler;

impl atomic::Handler<u32> for Handler {
    fn notify(&self, event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        if let Ok(copy) = KBox::new(*event, GFP_KERNEL) {
            pr_info!("{copy}\n");
        }
        Outcome::Ok
    }
}
