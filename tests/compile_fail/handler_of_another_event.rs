// SPDX-License-Identifier: GPL-2.0

//! A handler of other events cannot be registered on the panic chain.

use kernel::{
    prelude::*, //
};
use notifier_chain::{
    atomic,
    chains::panic,
    Outcome,
    Priority, //
};

pub struct Alarm;

impl atomic::Handler<u32> for Alarm {
    fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        Outcome::Done
    }
}

pub type Registration = panic::Registration<Alarm>;

pub fn register(alarm: Alarm) -> impl PinInit<Registration, Error> {
    panic::register(c"test", Priority::FIRST, alarm)
}
