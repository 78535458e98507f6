// SPDX-License-Identifier: GPL-2.0

//! Two handlers on the panic chain, of which the user can leave out each. They say what they hear.

use kernel::{
    prelude::*,
    sync::rcu, //
};
use notifier_chain::{
    chains::panic,
    context::Sleepable,
    Handler,
    NotifyReturn,
    Priority,
    Registration, //
};

module! {
    type: TwoHandlers,
    name: "two_handlers",
    authors: ["The notifier-chain developers"],
    description: "Says twice that it heard of a panic",
    license: "GPL",
}

struct Listener(&'static CStr);

impl Handler<panic::Chain> for Listener {
    fn notify(&self, event: panic::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        pr_emerg!(
            "{} hears: {}; kdump loaded: {}\n",
            self.0,
            event.message(),
            event.kdump_loaded()
        );
        NotifyReturn::DONE
    }
}

#[pin_data]
struct TwoHandlers {
    #[pin]
    first: Registration<panic::Chain, Listener>,
    #[pin]
    second: Registration<panic::Chain, Listener>,
}

impl kernel::InPlaceModule for TwoHandlers {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        let cx = Sleepable::might_sleep();
        let register =
            move |name| Registration::new(panic::Chain(name), Priority::FIRST, Listener(name), cx);

        try_pin_init!(Self {
            first <- register(c"first"),
            second <- register(c"second"),
        })
    }
}
