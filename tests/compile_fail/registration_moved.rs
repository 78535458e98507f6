// SPDX-License-Identifier: GPL-2.0

//! A registration stays where it was made: the chain has its address.

use kernel::{
    prelude::*, //
};
use notifier_chain::{
    atomic,
    chains::panic,
    Outcome, //
};

pub struct Alarm;

impl atomic::Handler<panic::Event<'_>> for Alarm {
    fn notify(&self, _event: &panic::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        Outcome::Done
    }
}

pub fn swap(
    mut one: Pin<KBox<panic::Registration<Alarm>>>,
    mut two: Pin<KBox<panic::Registration<Alarm>>>,
) {
    core::mem::swap(&mut *one, &mut *two);
}
