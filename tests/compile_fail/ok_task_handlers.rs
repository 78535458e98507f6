// SPDX-License-Identifier: GPL-2.0

//! A module hears of exits and of signals.

use kernel::prelude::*;
use notifier_chain::{
    atomic,
    chains::{
        signal,
        task_exit, //
    },
    context::Sleepable,
    Outcome,
    Priority, //
};

pub struct Log;

impl atomic::Handler<task_exit::Event<'_>> for Log {
    fn notify(&self, event: &task_exit::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        match event.status() {
            task_exit::Status::Killed { .. } if event.command() == c"pump" => Outcome::Ok,
            _ => Outcome::Done,
        }
    }
}

impl atomic::Handler<signal::Event<'_>> for Log {
    fn notify(&self, event: &signal::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        match event.action() {
            signal::Action::Default if event.pid() > 1 => Outcome::Ok,
            _ => Outcome::Done,
        }
    }
}

#[pin_data]
pub struct Monitor {
    #[pin]
    exits: task_exit::Registration<Log>,
    #[pin]
    signals: signal::Registration<Log>,
}

impl kernel::InPlaceModule for Monitor {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        let cx = Sleepable::might_sleep();
        try_pin_init!(Self {
            exits <- task_exit::register(cx, Priority::DEFAULT, Log),
            signals <- signal::register(cx, Priority::DEFAULT, Log),
        })
    }
}
