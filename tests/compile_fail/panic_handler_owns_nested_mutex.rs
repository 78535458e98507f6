// SPDX-License-Identifier: GPL-2.0

//! Nor in a struct in a struct.

use kernel::{
    prelude::*,
    sync::Mutex, //
};
use notifier_chain::{
    atomic,
    chains::panic,
    Outcome,
    Priority, //
};

pub struct Inner {
    pub count: Mutex<i32>,
}

pub struct Outer {
    pub inner: [Inner; 2],
}

pub struct Alarm {
    pub state: Option<Outer>,
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
