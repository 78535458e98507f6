// SPDX-License-Identifier: GPL-2.0

//! Two handlers on the panic chain, of which the user can leave out each. They say what they hear.

use kernel::prelude::*;
use notifier_chain::{
    atomic,
    chains::panic,
    Outcome,
    Priority, //
};

module! {
    type: TwoHandlers,
    name: "two_handlers",
    authors: ["The notifier-chain developers"],
    description: "Says twice that it heard of a panic",
    license: "GPL",
}

struct Handler(&'static CStr);

impl atomic::Handler<panic::Event<'_>> for Handler {
    fn notify(&self, event: &panic::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        pr_emerg!(
            "{} hears: {}; kdump loaded: {}\n",
            self.0,
            event.message(),
            event.kdump_loaded()
        );
        Outcome::Done
    }
}

#[pin_data]
struct TwoHandlers {
    #[pin]
    first: panic::Registration<Handler>,
    #[pin]
    second: panic::Registration<Handler>,
}

impl kernel::InPlaceModule for TwoHandlers {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        let register = |name| panic::register(name, Priority::FIRST, Handler(name));

        try_pin_init!(Self {
            first <- register(c"first"),
            second <- register(c"second"),
        })
    }
}
