// SPDX-License-Identifier: GPL-2.0

//! A handler on each chain of the kernel. It says what it hears.

use kernel::prelude::*;
use notifier_chain::{
    atomic,
    blocking,
    chains::{
        die,
        netdevice,
        oom,
        panic,
        reboot,
        restart, //
    },
    context::Sleepable,
    raw,
    Outcome,
    Priority, //
};

module! {
    type: HearsAll,
    name: "hears_all",
    authors: ["The notifier-chain developers"],
    description: "Says what it hears on all chains of the kernel",
    license: "GPL",
}

struct Handler;

impl atomic::Handler<panic::Event<'_>> for Handler {
    fn notify(&self, event: &panic::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        let message = event.message();
        pr_info!("panic: {} bytes: {}\n", message.to_bytes().len(), message);
        Outcome::Done
    }
}

impl atomic::Handler<die::Event<'_>> for Handler {
    fn notify(&self, event: &die::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        pr_info!(
            "die: {:?}: {} bytes: {}; error {}, trap {}, signal {}, at {:?}\n",
            event.kind(),
            event.message().to_bytes().len(),
            event.message(),
            event.error_code(),
            event.trap(),
            event.signal(),
            event.registers().map(die::Registers::instruction_pointer)
        );
        Outcome::Done
    }
}

impl atomic::Handler<restart::Event<'_>> for Handler {
    fn notify(&self, event: &restart::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        match event.command() {
            Some(command) => pr_info!(
                "restart: {:?}, {} bytes: {}\n",
                event.mode(),
                command.to_bytes().len(),
                command
            ),
            None => pr_info!("restart: {:?}, no command\n", event.mode()),
        }
        Outcome::Done
    }
}

impl oom::Handler for Handler {
    fn release(&self, _cx: blocking::Context<'_>) -> usize {
        pr_info!("oom: asked\n");
        usize::MAX
    }
}

impl blocking::Handler<reboot::Event<'_>> for Handler {
    fn notify(&self, event: &reboot::Event<'_>, _cx: blocking::Context<'_>) -> Outcome {
        match event.command() {
            Some(command) => pr_info!(
                "reboot: {:?}, {} bytes: {}\n",
                event.action(),
                command.to_bytes().len(),
                command
            ),
            None => pr_info!("reboot: {:?}, no command\n", event.action()),
        }
        Outcome::Done
    }
}

impl raw::Handler<netdevice::Event<'_>> for Handler {
    fn notify(&self, event: &netdevice::Event<'_>, _cx: raw::Context<'_>) -> Outcome {
        pr_info!(
            "netdevice: {:?}: {}\n",
            event.action(),
            event.device().name()
        );
        Outcome::Done
    }
}

#[pin_data]
struct HearsAll {
    #[pin]
    die: die::Registration<Handler>,
    #[pin]
    restart: restart::Registration<Handler>,
    #[pin]
    oom: oom::Registration<Handler>,
    #[pin]
    panic: panic::Registration<Handler>,
    #[pin]
    reboot: reboot::Registration<Handler>,
    #[pin]
    netdevice: netdevice::Registration<Handler>,
}

impl kernel::InPlaceModule for HearsAll {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            die <- die::register(Priority::FIRST, Handler),
            restart <- restart::register(Priority::FIRST, Handler),
            oom <- oom::register(Sleepable::might_sleep(), Priority::FIRST, Handler),
            panic <- panic::register(c"hears_all", Priority::FIRST, Handler),
            reboot <- reboot::register(Sleepable::might_sleep(), Priority::FIRST, Handler),
            netdevice <- netdevice::register(Sleepable::might_sleep(), Priority::FIRST, Handler),
        })
    }
}
