// SPDX-License-Identifier: GPL-2.0

//! Prints.

use kernel::prelude::*;
use notifier_chain::{
    atomic,
    Outcome, //
};

pub(super) struct Handler;

impl atomic::Handler<u32> for Handler {
    fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        pr_info!("heard\n");
        Outcome::Ok
    }
}
