// SPDX-License-Identifier: GPL-2.0

//! Waits for the readers of an SRCU domain.
//!
//! Refused: context_synchronize_srcu -> synchronize_srcu

use notifier_chain::{
    atomic,
    Outcome, //
};

use super::c;

pub(super) struct Handler;

impl atomic::Handler<u32> for Handler {
    fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        c::context_synchronize_srcu();
        Outcome::Ok
    }
}
