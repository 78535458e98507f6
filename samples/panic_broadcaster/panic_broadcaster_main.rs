// SPDX-License-Identifier: GPL-2.0

//! Panic broadcaster.
use kernel::prelude::*;
use notifier_chain::{
    atomic,
    chains::panic,
    Outcome,
    Priority, //
};

module! {
    type: Beacon,
    name: "panic_broadcaster",
    authors: ["You"],
    description: "Says that it heard of a panic",
    license: "GPL",
}

#[pin_data]
struct Beacon {
    #[pin]
    panic: panic::Registration<Alarm>,
}

impl kernel::InPlaceModule for Beacon {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            panic <- panic::Registration::new(Priority::FIRST, Alarm),
        })
    }
}

struct Alarm;

impl atomic::Handler<panic::Event<'_>> for Alarm {
    fn notify(&self, event: &panic::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        pr_emerg!("heard: {:?}\n", event.message());
        Outcome::Done
    }
}
