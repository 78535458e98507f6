// SPDX-License-Identifier: GPL-2.0

//! A token is lent for the call: it cannot be kept for later.

use notifier_chain::{
    atomic,
    blocking,
    Outcome, //
};

fn keep(_token: blocking::Context<'static>) {}

pub struct Keeper;

impl blocking::Handler<u32> for Keeper {
    fn notify(&self, _event: &u32, cx: blocking::Context<'_>) -> Outcome {
        keep(cx);
        Outcome::Done
    }
}

fn keep_atomic(_token: atomic::Context<'static>) {}

impl atomic::Handler<u32> for Keeper {
    fn notify(&self, _event: &u32, cx: atomic::Context<'_>) -> Outcome {
        keep_atomic(cx);
        Outcome::Done
    }
}
