// SPDX-License-Identifier: GPL-2.0

//! A handler answers with an outcome, not with a number.

use notifier_chain::{
    atomic,
    chains::panic,
    Outcome, //
};

pub struct Alarm;

impl atomic::Handler<panic::Event<'_>> for Alarm {
    fn notify(&self, _event: &panic::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        0x8001
    }
}
