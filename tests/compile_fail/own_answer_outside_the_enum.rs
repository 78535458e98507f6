// SPDX-License-Identifier: GPL-2.0

//! A handler on a chain of a driver's own answers with an outcome, not with a number.

use notifier_chain::{
    srcu,
    Outcome, //
};

pub struct Veto;

impl srcu::Handler<u32> for Veto {
    fn notify(&self, _event: &u32, _cx: srcu::Context<'_>) -> Outcome {
        -16
    }
}
