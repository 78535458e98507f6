// SPDX-License-Identifier: GPL-2.0

//! Allocates with flags that are in memory.

use notifier_chain::{
    atomic,
    Outcome, //
};

use super::c;

pub(super) struct Handler;

impl atomic::Handler<u32> for Handler {
    fn notify(&self, event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        c::context_allocate_with(*event);
        Outcome::Ok
    }
}
