// SPDX-License-Identifier: GPL-2.0

//! Two handlers on each sys-off chain say what they hear. Others are refused, or go at once.

use kernel::{
    prelude::*,
    sync::rcu, //
};
use notifier_chain::{
    chains::{
        restart,
        sys_off, //
    },
    context::Sleepable,
    Handler,
    NotifyReturn,
    Priority,
    Registration, //
};

module! {
    type: SysOffEvents,
    name: "sys_off_events",
    authors: ["The notifier-chain developers"],
    description: "Says how the machine goes down",
    license: "GPL",
}

struct Listener(&'static CStr);

impl Handler<sys_off::RestartPrepare> for Listener {
    fn notify(&self, (): (), _: Sleepable<'_>) -> NotifyReturn {
        pr_info!("{} prepares a restart\n", self.0);
        NotifyReturn::DONE
    }
}

impl Handler<sys_off::Restart> for Listener {
    fn notify(&self, event: restart::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        let command = event.command().unwrap_or(c"none");
        pr_info!("{} restarts: {:?}, {}\n", self.0, event.mode(), command);
        NotifyReturn::DONE
    }
}

impl Handler<sys_off::PowerOffPrepare> for Listener {
    fn notify(&self, (): (), _: Sleepable<'_>) -> NotifyReturn {
        pr_info!("{} prepares a power-off\n", self.0);
        NotifyReturn::DONE
    }
}

impl Handler<sys_off::PowerOff> for Listener {
    fn notify(&self, (): (), _: &rcu::Guard) -> NotifyReturn {
        pr_info!("{} switches off\n", self.0);
        NotifyReturn::DONE
    }
}

/// A handler on each chain.
#[pin_data]
struct Four {
    #[pin]
    restart_prepare: Registration<sys_off::RestartPrepare, Listener>,
    #[pin]
    restart: Registration<sys_off::Restart, Listener>,
    #[pin]
    power_off_prepare: Registration<sys_off::PowerOffPrepare, Listener>,
    #[pin]
    power_off: Registration<sys_off::PowerOff, Listener>,
}

impl Four {
    fn new(name: &'static CStr, priority: i32) -> impl PinInit<Self, Error> {
        let cx = Sleepable::might_sleep();
        let priority = Priority::new(priority);

        try_pin_init!(Self {
            restart_prepare <- Registration::new(
                sys_off::RestartPrepare,
                priority,
                Listener(name),
                cx,
            ),
            restart <- Registration::new(sys_off::Restart, priority, Listener(name), cx),
            power_off_prepare <- Registration::new(
                sys_off::PowerOffPrepare,
                priority,
                Listener(name),
                cx,
            ),
            power_off <- Registration::new(sys_off::PowerOff, priority, Listener(name), cx),
        })
    }
}

struct SysOffEvents {
    _second: Pin<KBox<Four>>,
    _first: Pin<KBox<Four>>,
}

impl kernel::Module for SysOffEvents {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        let register = |name, priority| KBox::pin_init(Four::new(name, priority), GFP_KERNEL);
        // Both come before ACPI, which switches the machine off.
        let early = sys_off::FIRMWARE.get() + 10;
        let events = Self {
            _second: register(c"second", early - 1)?,
            _first: register(c"first", early)?,
        };
        for priority in [early, -256] {
            if let Err(error) = register(c"third", priority) {
                pr_info!("third, priority {}: {}\n", priority, error.to_errno());
            }
        }
        // Several can have the default one.
        let _third = register(c"third", 0)?;
        let _fourth = register(c"fourth", 0)?;
        Ok(events)
    }
}
