// SPDX-License-Identifier: GPL-2.0

//! A handler cannot own a registration: dropping it would wait for the handler itself.

use kernel::{
    prelude::*, //
};
use notifier_chain::{
    atomic,
    chains::panic,
    Outcome,
    Priority, //
};

pub struct Silent;

impl atomic::Handler<panic::Event<'_>> for Silent {
    fn notify(&self, _event: &panic::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        Outcome::Done
    }
}

pub struct Alarm {
    pub other: Pin<KBox<panic::Registration<Silent>>>,
}

impl atomic::Handler<panic::Event<'_>> for Alarm {
    fn notify(&self, _event: &panic::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        Outcome::Done
    }
}

pub type Registration = panic::Registration<Alarm>;

pub fn register(alarm: Alarm) -> impl PinInit<Registration, Error> {
    panic::register(c"test", Priority::FIRST, alarm)
}
