// SPDX-License-Identifier: GPL-2.0

//! A panic handler cannot hold a work queue: queueing takes a spin lock.

use kernel::{
    prelude::*,
    sync::rcu,
    workqueue::Queue, //
};
use notifier_chain::{
    chains::panic,
    context::Sleepable,
    Handler,
    NotifyReturn,
    Priority,
    Registration, //
};

pub struct Alarm {
    pub state: &'static Queue,
}

impl Handler<panic::Chain> for Alarm {
    fn notify(&self, _: panic::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        NotifyReturn::DONE
    }
}

pub fn register(alarm: Alarm) -> impl PinInit<Registration<panic::Chain, Alarm>, Error> {
    Registration::new(
        panic::Chain(c"test"),
        Priority::FIRST,
        alarm,
        Sleepable::might_sleep(),
    )
}
