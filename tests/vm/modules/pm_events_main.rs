// SPDX-License-Identifier: GPL-2.0

//! Three handlers on the PM chain. They say what they hear. The one in the middle may refuse it.

use kernel::prelude::*;
use notifier_chain::{
    chains::pm,
    compat::parameter,
    context::Sleepable,
    Handler,
    Priority,
    Registration, //
};

module! {
    type: PmEvents,
    name: "pm_events",
    authors: ["The notifier-chain developers"],
    description: "Says when the machine sleeps, and refuses it",
    license: "GPL",
    params: {
        refuses: u8 {
            default: 0,
            description: "1: refuse what is prepared; 2: refuse the rest (default: 0)",
        },
    },
}

struct Listener {
    name: &'static CStr,
    refuses: u8,
}

impl Handler<pm::Chain> for Listener {
    fn notify(&self, event: pm::Event, _: Sleepable<'_>) -> Result {
        pr_info!("{} hears: {:?}\n", self.name, event.action());
        match (self.refuses, event.action().is_prepare()) {
            (1, true) | (2, false) => Err(EBUSY),
            _ => Ok(()),
        }
    }
}

#[pin_data]
struct PmEvents {
    #[pin]
    first: Registration<pm::Chain, Listener>,
    #[pin]
    middle: Registration<pm::Chain, Listener>,
    #[pin]
    last: Registration<pm::Chain, Listener>,
}

impl kernel::InPlaceModule for PmEvents {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        let register = |name, priority, refuses| {
            let handler = Listener { name, refuses };
            Registration::new(pm::Chain, priority, handler, Sleepable::might_sleep())
        };

        try_pin_init!(Self {
            first <- register(c"first", Priority::FIRST, 0),
            middle <- register(
                c"middle",
                Priority::DEFAULT,
                parameter(module_parameters::refuses.value()),
            ),
            last <- register(c"last", Priority::LAST, 0),
        })
    }
}
