// SPDX-License-Identifier: GPL-2.0

//! What an atomic handler is given does not do to call a blocking chain.

use notifier_chain::{
    atomic,
    blocking,
    Outcome, //
};

pub struct Relay;

impl atomic::Handler<blocking::Chain<u32>> for Relay {
    fn notify(&self, event: &blocking::Chain<u32>, cx: atomic::Context<'_>) -> Outcome {
        event.call(cx, &1).last()
    }
}
