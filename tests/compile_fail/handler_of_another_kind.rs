// SPDX-License-Identifier: GPL-2.0

//! A handler on a raw chain, which may sleep, cannot be registered on the panic chain.

use kernel::{
    prelude::*, //
};
use notifier_chain::{
    chains::panic,
    raw,
    Outcome,
    Priority, //
};

pub struct Alarm;

impl raw::Handler<panic::Event<'_>> for Alarm {
    fn notify(&self, _event: &panic::Event<'_>, _cx: raw::Context<'_>) -> Outcome {
        Outcome::Done
    }
}

pub type Registration = panic::Registration<Alarm>;

pub fn register(alarm: Alarm) -> impl PinInit<Registration, Error> {
    panic::register(c"test", Priority::FIRST, alarm)
}
