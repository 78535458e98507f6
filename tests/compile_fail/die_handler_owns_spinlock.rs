// SPDX-License-Identifier: GPL-2.0

//! A die handler cannot own a spin lock: whoever traps may hold it.

use kernel::sync::{
    rcu,
    SpinLock, //
};
use notifier_chain::{
    chains::die,
    context::Sleepable,
    Handler,
    Priority,
    Registration, //
};

pub struct Counter {
    pub oopses: SpinLock<u32>,
}

impl Handler<die::Chain> for Counter {
    fn notify(&self, _: die::Event<'_>, _: &rcu::Guard) -> die::Answer {
        die::Answer::NotHandled
    }
}

pub fn register(counter: Counter) {
    let cx = Sleepable::might_sleep();
    let _ = Registration::new(die::Chain, Priority::DEFAULT, counter, cx);
}
