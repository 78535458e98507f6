// SPDX-License-Identifier: GPL-2.0

//! A panic handler cannot own a chain: the handlers there may own spin locks.

use kernel::{
    prelude::*,
    sync::Arc, //
};
use notifier_chain::{
    atomic,
    chains::panic,
    Outcome,
    Priority, //
};

pub struct Alarm {
    pub state: Arc<atomic::Chain<u32>>,
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
