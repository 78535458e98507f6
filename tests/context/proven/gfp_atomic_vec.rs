// SPDX-License-Identifier: GPL-2.0

//! Lets a vector grow with `GFP_ATOMIC`.

use kernel::prelude::*;
use notifier_chain::{
    atomic,
    Outcome, //
};

pub(super) struct Handler;

impl atomic::Handler<u32> for Handler {
    fn notify(&self, event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        let mut steps = KVec::new();
        for step in 0..*event {
            if steps.push(step, GFP_ATOMIC).is_err() {
                return Outcome::Bad;
            }
        }
        pr_info!("{:?}\n", &steps[..]);
        Outcome::Ok
    }
}
