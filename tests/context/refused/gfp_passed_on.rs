// SPDX-License-Identifier: GPL-2.0

//! Passes `GFP_KERNEL` on to where others pass `GFP_ATOMIC`.
//!
//! Refused: keep_all -> keep -> krealloc

use kernel::{
    alloc::Flags,
    prelude::*, //
};
use notifier_chain::{
    atomic,
    Outcome, //
};

pub(super) struct Handler;

#[inline(never)]
fn keep_all(count: u32, flags: Flags) -> bool {
    (0..count).all(|number| keep(number, flags))
}

#[inline(never)]
fn keep(number: u32, flags: Flags) -> bool {
    KBox::new([number; 16], flags).is_ok()
}

impl atomic::Handler<u32> for Handler {
    fn notify(&self, event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        let kept = keep_all(*event, GFP_ATOMIC) && keep_all(*event + 1, GFP_KERNEL);
        pr_info!("{kept}\n");
        Outcome::Ok
    }
}
