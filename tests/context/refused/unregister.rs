// SPDX-License-Identifier: GPL-2.0

//! Unregisters a notifier of C.
//!
//! Refused: context_unregister -> atomic_notifier_chain_unregister

use notifier_chain::{
    atomic,
    Outcome, //
};

use super::c;

pub(super) struct Handler;

impl atomic::Handler<u32> for Handler {
    fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        c::context_unregister();
        Outcome::Ok
    }
}
