// SPDX-License-Identifier: GPL-2.0

//! Makes the token that says that it may sleep.
//!
//! Refused: notifier_chain_might_sleep

use notifier_chain::{
    atomic,
    context::Sleepable,
    Outcome, //
};

pub(super) struct Handler;

impl atomic::Handler<u32> for Handler {
    fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        let _cx = Sleepable::might_sleep();
        Outcome::Ok
    }
}
