// SPDX-License-Identifier: GPL-2.0

//! Cancels delayed work, and waits if it is being done.
//!
//! Refused: context_cancel_delayed_work -> cancel_delayed_work_sync

use notifier_chain::{
    atomic,
    Outcome, //
};

use super::c;

pub(super) struct Handler;

impl atomic::Handler<u32> for Handler {
    fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        c::context_cancel_delayed_work();
        Outcome::Ok
    }
}
