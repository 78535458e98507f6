// SPDX-License-Identifier: GPL-2.0

//! Allocates a page with `GFP_KERNEL`, in a function that is inlined.
//!
//! Refused: alloc_pages

use kernel::{
    page::Page,
    prelude::*, //
};
use notifier_chain::{
    atomic,
    Outcome, //
};

pub(super) struct Handler;

impl atomic::Handler<u32> for Handler {
    fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        if Page::alloc_page(GFP_KERNEL).is_err() {
            return Outcome::Bad;
        }
        Outcome::Ok
    }
}
