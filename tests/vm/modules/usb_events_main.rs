// SPDX-License-Identifier: GPL-2.0

//! Two handlers on the USB chain. They say what they hear. The first stops the walk where a bus
//! comes.

use kernel::prelude::*;
use notifier_chain::{
    chains::usb,
    context::Sleepable,
    Handler,
    NotifyReturn,
    Priority,
    Registration, //
};

module! {
    type: UsbEvents,
    name: "usb_events",
    authors: ["The notifier-chain developers"],
    description: "Says which USB devices and buses come and go",
    license: "GPL",
}

struct Listener {
    name: &'static CStr,
    stops: bool,
}

impl Listener {
    fn hears_device(&self, what: &str, device: &usb::Device) {
        pr_info!(
            "{} hears: {what} device {}: {:04x}:{:04x} on bus {} of {}\n",
            self.name,
            device.as_ref().name(),
            device.vendor(),
            device.product(),
            device.bus().number(),
            device.bus().controller().name()
        );
    }

    fn hears_bus(&self, what: &str, bus: &usb::Bus) {
        pr_info!(
            "{} hears: {what} bus {} of {}\n",
            self.name,
            bus.number(),
            bus.controller().name()
        );
    }
}

impl Handler<usb::Chain> for Listener {
    fn notify(&self, event: usb::Event<'_>, _: Sleepable<'_>) -> NotifyReturn {
        match event {
            usb::Event::DeviceAdd(device) => self.hears_device("add", device),
            usb::Event::DeviceRemove(device) => self.hears_device("remove", device),
            usb::Event::BusAdd(bus) => {
                self.hears_bus("add", bus);
                if self.stops {
                    return NotifyReturn::STOP;
                }
            }
            usb::Event::BusRemove(bus) => self.hears_bus("remove", bus),
            other => pr_info!("{} hears: {other:?}\n", self.name),
        }
        NotifyReturn::OK
    }
}

#[pin_data]
struct UsbEvents {
    #[pin]
    first: Registration<usb::Chain, Listener>,
    #[pin]
    last: Registration<usb::Chain, Listener>,
}

impl kernel::InPlaceModule for UsbEvents {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        let register = |name, priority, stops| {
            let handler = Listener { name, stops };
            Registration::new(usb::Chain, priority, handler, Sleepable::might_sleep())
        };

        try_pin_init!(Self {
            first <- register(c"first", Priority::FIRST, true),
            last <- register(c"last", Priority::LAST, false),
        })
    }
}
