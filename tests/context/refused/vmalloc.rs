// SPDX-License-Identifier: GPL-2.0

//! Allocates what need not be contiguous.
//!
//! Refused: vrealloc

use kernel::prelude::*;
use notifier_chain::{
    atomic,
    Outcome, //
};

pub(super) struct Handler;

impl atomic::Handler<u32> for Handler {
    fn notify(&self, event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        if let Ok(table) = VBox::new([*event; 4096], GFP_KERNEL) {
            pr_info!("{}\n", table[7]);
        }
        Outcome::Ok
    }
}
