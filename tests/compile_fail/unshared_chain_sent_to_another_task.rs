// SPDX-License-Identifier: GPL-2.0

//! A raw chain without a lock belongs to one task, and so do the registrations on it.

use kernel::{
    prelude::*, //
};
use notifier_chain::{
    raw,
    Outcome,
    Registration, //
};

pub struct Silent;

impl raw::Handler<u32> for Silent {
    fn notify(&self, _event: &u32, _cx: raw::Context<'_>) -> Outcome {
        Outcome::Done
    }
}

fn send<T: Send>(_: T) {}

pub fn leak(registration: Pin<KBox<Registration<&raw::Unshared<u32>, Silent>>>) {
    send(registration);
}
