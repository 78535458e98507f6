// SPDX-License-Identifier: GPL-2.0

//! Only the constructor makes a registration.

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

pub fn forge() -> panic::Registration<Alarm> {
    panic::Registration {
        handle: panic::Panic,
    }
}
