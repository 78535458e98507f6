// SPDX-License-Identifier: GPL-2.0

//! Sounds an alarm when the kernel panics.
//!
//! What a product does then, stop a motor or light an LED, is behind the trait [`Hardware`]. Here
//! it is the speaker of a PC.

mod hardware;
mod speaker;

use kernel::{
    prelude::*,
    sync::rcu, //
};
use notifier_chain::{
    chains::panic,
    compat::parameter,
    context::Sleepable,
    Handler,
    NotifyReturn,
    Priority,
    Registration, //
};

use crate::{
    hardware::Hardware,
    speaker::Speaker, //
};

module! {
    type: PanicAlarm,
    name: "panic_alarm",
    authors: ["The notifier-chain developers"],
    description: "Sounds an alarm when the kernel panics",
    license: "GPL",
    params: {
        frequency: u16 {
            default: 1000,
            description: "Pitch of the alarm in hertz, 20 to 20000 (default: 1000)",
        },
    },
}

#[pin_data]
struct PanicAlarm {
    #[pin]
    panic: Registration<panic::Chain, Alarm<Speaker>>,
}

impl kernel::InPlaceModule for PanicAlarm {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        let frequency = parameter(module_parameters::frequency.value());
        let speaker = Speaker::new(frequency).inspect_err(|_| {
            pr_err!("frequency={}: give hertz from 20 to 20000\n", frequency);
        });

        try_pin_init!(Self {
            panic <- Registration::new(
                panic::Chain(c"panic_alarm"),
                Priority::FIRST,
                speaker.map(|hardware| Alarm { hardware }),
                Sleepable::might_sleep(),
            ),
        })
    }
}

/// Tells the hardware of a panic.
struct Alarm<H> {
    hardware: H,
}

impl<H: Hardware> Handler<panic::Chain> for Alarm<H> {
    fn notify(&self, event: panic::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        // First what matters; the log may take its time.
        self.hardware.alarm();
        pr_emerg!("alarm: {}\n", event.message());
        NotifyReturn::DONE
    }
}
