// SPDX-License-Identifier: GPL-2.0

//! Has something done in an interrupt.

use notifier_chain::{
    atomic,
    Outcome, //
};

use super::c;

pub(super) struct Handler;

impl atomic::Handler<u32> for Handler {
    fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        c::context_queue_irq_work();
        Outcome::Ok
    }
}
