// SPDX-License-Identifier: GPL-2.0

//! A die handler cannot own a spin lock: whoever traps may hold it.

use kernel::{
    prelude::*,
    sync::SpinLock, //
};
use notifier_chain::{
    atomic,
    chains::die,
    Outcome,
    Priority, //
};

pub struct Counter {
    pub oopses: SpinLock<u32>,
}

impl atomic::Handler<die::Event<'_>> for Counter {
    fn notify(&self, _event: &die::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        Outcome::Done
    }
}

pub fn register(counter: Counter) -> impl PinInit<die::Registration<Counter>, Error> {
    die::register(Priority::DEFAULT, counter)
}
