// SPDX-License-Identifier: GPL-2.0

//! Prints what killed the kernel.

use kernel::prelude::*;
use notifier_chain::{
    atomic,
    chains::die,
    Outcome, //
};

pub(super) struct Handler;

impl atomic::Handler<die::Event<'_>> for Handler {
    fn notify(&self, event: &die::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        pr_emerg!("{:?}: {:?}\n", event.kind(), event.message());
        Outcome::Ok
    }
}
