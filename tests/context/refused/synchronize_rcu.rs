// SPDX-License-Identifier: GPL-2.0

//! Waits for a grace period.
//!
//! Refused: synchronize_rcu

use kernel::sync::rcu;
use notifier_chain::{
    atomic,
    Outcome, //
};

pub(super) struct Handler;

impl atomic::Handler<u32> for Handler {
    fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        rcu::synchronize_rcu();
        Outcome::Ok
    }
}
