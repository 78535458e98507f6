// SPDX-License-Identifier: GPL-2.0

//! Reads the end of the log when the kernel dies.

use notifier_chain::{
    atomic,
    chains::die,
    Outcome, //
};

use super::c;

pub(super) struct Handler;

impl atomic::Handler<die::Event<'_>> for Handler {
    fn notify(&self, _event: &die::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        c::context_read_log();
        Outcome::Ok
    }
}
