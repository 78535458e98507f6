// SPDX-License-Identifier: GPL-2.0

//! A panic handler cannot own a chain: the handlers there may own spin locks.

use kernel::{
    prelude::*,
    sync::{
        rcu,
        Arc, //
    }, //
};
use notifier_chain::{
    atomic,
    chains::panic,
    context::Sleepable,
    Handler,
    NotifyReturn,
    Priority,
    Registration,
    Topic, //
};

pub enum Level {}

impl Topic for Level {
    type Data<'a> = u32;
}

pub struct Alarm {
    pub state: Arc<atomic::Chain<Level>>,
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
