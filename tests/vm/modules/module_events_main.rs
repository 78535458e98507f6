// SPDX-License-Identifier: GPL-2.0

//! Three handlers on the module chain: the first, one before most of the kernel's, and the last.
//! They say what they hear. The one in the middle refuses a module, and all that cannot be refused.

use kernel::prelude::*;
use notifier_chain::{
    chains::module::{
        self,
        State, //
    },
    context::Sleepable,
    Handler,
    Priority,
    Registration, //
};

module! {
    type: ModuleEvents,
    name: "module_events",
    authors: ["The notifier-chain developers"],
    description: "Says which modules come and go, and refuses one of them",
    license: "GPL",
}

struct Listener {
    name: &'static CStr,
    refuses: bool,
}

impl Handler<module::Chain> for Listener {
    fn notify(&self, event: module::Event<'_>, _: Sleepable<'_>) -> Result {
        pr_info!(
            "{} hears: {}: {:?}\n",
            self.name,
            event.name(),
            event.state()
        );
        // Where it refuses nothing, the error counts for nothing.
        let is_refused = event.state() != State::Coming || event.name() == c"two_handlers";
        if self.refuses && is_refused {
            return Err(EPERM);
        }
        Ok(())
    }
}

#[pin_data]
struct ModuleEvents {
    #[pin]
    first: Registration<module::Chain, Listener>,
    #[pin]
    middle: Registration<module::Chain, Listener>,
    #[pin]
    last: Registration<module::Chain, Listener>,
}

impl kernel::InPlaceModule for ModuleEvents {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        let register = |name, priority, refuses| {
            let handler = Listener { name, refuses };
            Registration::new(module::Chain, priority, handler, Sleepable::might_sleep())
        };

        try_pin_init!(Self {
            first <- register(c"first", Priority::FIRST, false),
            middle <- register(c"middle", Priority::new(2), true),
            last <- register(c"last", Priority::LAST, false),
        })
    }
}
