// SPDX-License-Identifier: GPL-2.0

//! Sleeps in a function of C that is in its own module.
//!
//! Refused: context_settle -> usleep_range

use notifier_chain::{
    atomic,
    Outcome, //
};

use super::c;

pub(super) struct Handler;

impl atomic::Handler<u32> for Handler {
    fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        c::context_settle();
        Outcome::Ok
    }
}
