// SPDX-License-Identifier: GPL-2.0

//! Warns.

use kernel::warn_on;
use notifier_chain::{
    atomic,
    Outcome, //
};

pub(super) struct Handler;

impl atomic::Handler<u32> for Handler {
    fn notify(&self, event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        if warn_on!(*event > 3) {
            return Outcome::Bad;
        }
        Outcome::Ok
    }
}
