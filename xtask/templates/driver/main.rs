// SPDX-License-Identifier: GPL-2.0

//! Hears that the kernel panics, and that the machine goes down in an orderly way.

use kernel::{
    prelude::*,
    sync::rcu, //
};
use notifier_chain::{
    chains::{
        panic,
        reboot, //
    },
    context::Sleepable,
    Handler,
    NotifyReturn,
    Priority,
    Registration, //
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
    panic: Registration<panic::Chain, OnPanic>,
    #[pin]
    reboot: Registration<reboot::Chain, OnReboot>,
}

impl kernel::InPlaceModule for Driver {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        let cx = Sleepable::might_sleep();

        try_pin_init!(Self {
            panic <- Registration::new(panic::Chain(c"{{name}}"), Priority::FIRST, OnPanic, cx),
            reboot <- Registration::new(reboot::Chain, Priority::DEFAULT, OnReboot, cx),
        })
    }
}

struct OnPanic;

impl Handler<panic::Chain> for OnPanic {
    fn notify(&self, event: panic::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        pr_emerg!("heard of a panic: {}\n", event.message());
        NotifyReturn::DONE
    }
}

struct OnReboot;

impl Handler<reboot::Chain> for OnReboot {
    fn notify(&self, event: reboot::Event<'_>, _: Sleepable<'_>) -> NotifyReturn {
        pr_info!("heard that the machine goes down: {:?}\n", event.action());
        NotifyReturn::DONE
    }
}
