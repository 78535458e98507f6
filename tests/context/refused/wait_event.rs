// SPDX-License-Identifier: GPL-2.0

//! Waits in a wait queue.
//!
//! Refused: context_wait_event

use notifier_chain::{
    atomic,
    Outcome, //
};

use super::c;

pub(super) struct Handler;

impl atomic::Handler<u32> for Handler {
    fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        c::context_wait_event();
        Outcome::Ok
    }
}
