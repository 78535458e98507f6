// SPDX-License-Identifier: GPL-2.0

//! Gives a closure away.

use kernel::prelude::*;
use notifier_chain::{
    atomic,
    Outcome, //
};

pub(super) struct Handler;

#[inline(never)]
fn twice(tell: impl Fn(u32)) {
    tell(1);
    tell(2);
}

impl atomic::Handler<u32> for Handler {
    fn notify(&self, event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        let level = *event;
        twice(|step| pr_info!("{level} {step}\n"));
        Outcome::Ok
    }
}
