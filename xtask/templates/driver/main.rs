// SPDX-License-Identifier: GPL-2.0

//! Hears that the kernel panics, and that the machine is about to go in good order.

use kernel::prelude::*;
use notifier_chain::{
    atomic,
    blocking,
    chains::{
        panic,
        reboot, //
    },
    context::Sleepable,
    Outcome,
    Priority, //
};

module! {
    type: Driver,
    name: "{{name}}",
    authors: ["Your name"],
    description: "Hears panics and reboots",
    license: "GPL",
}

#[pin_data]
struct Driver {
    #[pin]
    panic: panic::Registration<OnPanic>,
    #[pin]
    reboot: reboot::Registration<OnReboot>,
}

impl kernel::InPlaceModule for Driver {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            panic <- panic::register(c"{{name}}", Priority::FIRST, OnPanic),
            reboot <- reboot::register(Sleepable::might_sleep(), Priority::DEFAULT, OnReboot),
        })
    }
}

struct OnPanic;

impl atomic::Handler<panic::Event<'_>> for OnPanic {
    fn notify(&self, event: &panic::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        pr_emerg!("heard of a panic: {}\n", event.message());
        Outcome::Done
    }
}

struct OnReboot;

impl blocking::Handler<reboot::Event<'_>> for OnReboot {
    fn notify(&self, event: &reboot::Event<'_>, _cx: blocking::Context<'_>) -> Outcome {
        pr_info!("heard that the machine goes: {:?}\n", event.action());
        Outcome::Done
    }
}
