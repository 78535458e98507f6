// SPDX-License-Identifier: GPL-2.0

//! Calls a function by a pointer in its state.

use notifier_chain::{
    atomic,
    Outcome, //
};

use super::c;

pub(super) struct Handler {
    hook: Option<fn(u32)>,
}

impl Handler {
    pub(super) fn new() -> Self {
        Self { hook: c::hook() }
    }
}

impl atomic::Handler<u32> for Handler {
    fn notify(&self, event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        if let Some(hook) = self.hook {
            hook(*event);
        }
        Outcome::Ok
    }
}
