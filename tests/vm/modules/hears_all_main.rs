// SPDX-License-Identifier: GPL-2.0

//! A handler on each chain of the kernel. It says what it hears.

use kernel::{
    prelude::*,
    sync::rcu, //
};
use notifier_chain::{
    chains::{
        die,
        netdevice,
        oom,
        panic,
        reboot,
        restart, //
    },
    context::Sleepable,
    Handler,
    NotifyReturn,
    Priority,
    Registration, //
};

module! {
    type: HearsAll,
    name: "hears_all",
    authors: ["The notifier-chain developers"],
    description: "Says what it hears on all chains of the kernel",
    license: "GPL",
}

struct Listener;

impl Handler<panic::Chain> for Listener {
    fn notify(&self, event: panic::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        let message = event.message();
        pr_info!("panic: {} bytes: {}\n", message.to_bytes().len(), message);
        NotifyReturn::DONE
    }
}

impl Handler<die::Chain> for Listener {
    fn notify(&self, event: die::Event<'_>, _: &rcu::Guard) -> die::Answer {
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
        die::Answer::NotHandled
    }
}

impl Handler<restart::Chain> for Listener {
    fn notify(&self, event: restart::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        match event.command() {
            Some(command) => pr_info!(
                "restart: {:?}, {} bytes: {}\n",
                event.mode(),
                command.to_bytes().len(),
                command
            ),
            None => pr_info!("restart: {:?}, no command\n", event.mode()),
        }
        NotifyReturn::DONE
    }
}

impl Handler<oom::Chain> for Listener {
    fn notify(&self, (): (), _: Sleepable<'_>) -> usize {
        pr_info!("oom: asked\n");
        usize::MAX
    }
}

impl Handler<reboot::Chain> for Listener {
    fn notify(&self, event: reboot::Event<'_>, _: Sleepable<'_>) -> NotifyReturn {
        match event.command() {
            Some(command) => pr_info!(
                "reboot: {:?}, {} bytes: {}\n",
                event.action(),
                command.to_bytes().len(),
                command
            ),
            None => pr_info!("reboot: {:?}, no command\n", event.action()),
        }
        NotifyReturn::DONE
    }
}

impl Handler<netdevice::Chain> for Listener {
    fn notify(&self, event: netdevice::Event<'_>, _: Sleepable<'_>) -> Result {
        pr_info!(
            "netdevice: {:?}: {}\n",
            event.action(),
            event.device().name(event.rtnl())
        );
        Ok(())
    }
}

#[pin_data]
struct HearsAll {
    #[pin]
    die: Registration<die::Chain, Listener>,
    #[pin]
    restart: Registration<restart::Chain, Listener>,
    #[pin]
    oom: Registration<oom::Chain, Listener>,
    #[pin]
    panic: Registration<panic::Chain, Listener>,
    #[pin]
    reboot: Registration<reboot::Chain, Listener>,
    #[pin]
    netdevice: Registration<netdevice::Chain, Listener>,
}

impl kernel::InPlaceModule for HearsAll {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        let cx = Sleepable::might_sleep();

        try_pin_init!(Self {
            die <- Registration::new(die::Chain, Priority::FIRST, Listener, cx),
            restart <- Registration::new(restart::Chain, Priority::FIRST, Listener, cx),
            oom <- Registration::new(oom::Chain, Priority::FIRST, Listener, cx),
            panic <- Registration::new(panic::Chain(c"hears_all"), Priority::FIRST, Listener, cx),
            reboot <- Registration::new(reboot::Chain, Priority::FIRST, Listener, cx),
            netdevice <- Registration::new(netdevice::Chain, Priority::FIRST, Listener, cx),
        })
    }
}
