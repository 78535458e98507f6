// SPDX-License-Identifier: GPL-2.0

//! Wakes a task.

use notifier_chain::{
    atomic,
    Outcome, //
};

use super::c;

pub(super) struct Handler;

impl atomic::Handler<u32> for Handler {
    fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        c::context_wake_up_process();
        Outcome::Ok
    }
}
