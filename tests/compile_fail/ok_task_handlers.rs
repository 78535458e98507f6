// SPDX-License-Identifier: GPL-2.0

//! A module hears of exits and of signals.

use kernel::{
    prelude::*,
    sync::rcu, //
};
use notifier_chain::{
    chains::{
        signal,
        task_exit, //
    },
    context::Sleepable,
    Handler,
    NotifyReturn,
    Priority,
    Registration, //
};

pub struct Log;

impl Handler<task_exit::Chain> for Log {
    fn notify(&self, event: task_exit::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        match event.status() {
            task_exit::Status::Killed { .. } if event.command() == c"pump" => NotifyReturn::OK,
            _ => NotifyReturn::DONE,
        }
    }
}

impl Handler<signal::Chain> for Log {
    fn notify(&self, event: signal::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        match event.action() {
            signal::Action::Default if event.pid() > 1 => NotifyReturn::OK,
            _ => NotifyReturn::DONE,
        }
    }
}

#[pin_data]
pub struct Monitor {
    #[pin]
    exits: Registration<task_exit::Chain, Log>,
    #[pin]
    signals: Registration<signal::Chain, Log>,
}

impl kernel::InPlaceModule for Monitor {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        let cx = Sleepable::might_sleep();
        try_pin_init!(Self {
            exits <- Registration::new(task_exit::Chain, Priority::DEFAULT, Log, cx),
            signals <- Registration::new(signal::Chain, Priority::DEFAULT, Log, cx),
        })
    }
}
