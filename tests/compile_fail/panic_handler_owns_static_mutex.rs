// SPDX-License-Identifier: GPL-2.0

//! Nor behind a reference.

use kernel::{
    prelude::*,
    sync::{
        rcu,
        Mutex, //
    }, //
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
    pub state: &'static Mutex<i32>,
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
