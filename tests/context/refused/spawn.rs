// SPDX-License-Identifier: GPL-2.0

//! Has work done later, which allocates with `GFP_KERNEL`.
//!
//! Refused: krealloc

use kernel::{
    prelude::*,
    workqueue, //
};
use notifier_chain::{
    atomic,
    Outcome, //
};

pub(super) struct Handler;

impl atomic::Handler<u32> for Handler {
    fn notify(&self, event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        let level = *event;
        let spawned = workqueue::system().try_spawn(GFP_KERNEL, move || pr_info!("{level}\n"));
        if spawned.is_err() {
            return Outcome::Bad;
        }
        Outcome::Ok
    }
}
