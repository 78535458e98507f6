// SPDX-License-Identifier: GPL-2.0

//! Handlers on the chains of the platform bus and of the PCI bus. They say what they hear.

use kernel::{
    bindings::platform_bus_type,
    prelude::*, //
};
use notifier_chain::{
    chains::bus::{
        Chain,
        Event, //
    },
    context::Sleepable,
    Handler,
    NotifyReturn,
    Priority,
    Registration, //
};

module! {
    type: BusEvents,
    name: "bus_events",
    authors: ["The notifier-chain developers"],
    description: "Says what happens to the devices of two buses",
    license: "GPL",
}

struct Listener(&'static CStr, NotifyReturn);

impl Handler<Chain> for Listener {
    fn notify(&self, event: Event<'_>, _: Sleepable<'_>) -> NotifyReturn {
        pr_info!(
            "{} hears: {:?}: {}\n",
            self.0,
            event.action(),
            event.device().name()
        );
        self.1
    }
}

#[pin_data]
struct BusEvents {
    #[pin]
    platform: Registration<Chain, Listener>,
    #[pin]
    stops: Registration<Chain, Listener>,
    #[pin]
    behind: Registration<Chain, Listener>,
    #[pin]
    pci: Registration<Chain, Listener>,
}

impl kernel::InPlaceModule for BusEvents {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        let register = |chain, priority, name, answer| {
            let cx = Sleepable::might_sleep();
            Registration::new(chain, priority, Listener(name, answer), cx)
        };
        // SAFETY: The kernel never unregisters this bus.
        let raw = unsafe { Chain::from_raw(&raw const platform_bus_type) };
        let (first, last) = (Priority::FIRST, Priority::LAST);

        try_pin_init!(Self {
            platform <- register(Chain::PLATFORM, first, c"platform", NotifyReturn::OK),
            // It refuses, which counts for nothing.
            stops <- register(raw, Priority::new(-1), c"stops", NotifyReturn::BAD),
            behind <- register(Chain::PLATFORM, last, c"behind", NotifyReturn::OK),
            pci <- register(Chain::PCI, Priority::DEFAULT, c"pci", NotifyReturn::OK),
        })
    }
}
