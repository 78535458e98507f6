// SPDX-License-Identifier: GPL-2.0

//! Takes a semaphore if it is free.

use notifier_chain::{
    atomic,
    Outcome, //
};

use super::c;

pub(super) struct Handler;

impl atomic::Handler<u32> for Handler {
    fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        c::context_try_down();
        Outcome::Ok
    }
}
