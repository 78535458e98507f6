// SPDX-License-Identifier: GPL-2.0

//! Gives way if somebody waits for the CPU. Where the kernel is preemptible, only a debug
//! kernel makes code of it.
//!
//! Refused on debug: context_cond_resched -> __might_resched

use notifier_chain::{
    atomic,
    Outcome, //
};

use super::c;

pub(super) struct Handler;

impl atomic::Handler<u32> for Handler {
    fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        c::context_cond_resched();
        Outcome::Ok
    }
}
