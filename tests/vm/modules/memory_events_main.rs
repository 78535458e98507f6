// SPDX-License-Identifier: GPL-2.0

//! Three handlers on the memory chain: the first, one with the usual priority, and the last. They
//! say what they hear. The one in the middle refuses what it is told to.

use kernel::prelude::*;
use notifier_chain::{
    chains::memory::{
        self,
        Action, //
    },
    compat::parameter,
    context::Sleepable,
    Handler,
    Priority,
    Registration, //
};

module! {
    type: MemoryEvents,
    name: "memory_events",
    authors: ["The notifier-chain developers"],
    description: "Says which memory comes and goes, and refuses some",
    license: "GPL",
    params: {
        refuses: u8 {
            default: 0,
            description: "What is refused: 1 going online, 2 going offline (default: nothing)",
        },
    },
}

struct Listener {
    name: &'static CStr,
    refuses: Option<Action>,
}

impl Handler<memory::Chain> for Listener {
    fn notify(&self, event: memory::Event, _: Sleepable<'_>) -> Result {
        let (pages, bytes) = (event.pages(), event.bytes());
        pr_info!(
            "{} hears: {:?}: {} pages from {:#x} to {:#x}\n",
            self.name,
            event.action(),
            pages.end - pages.start,
            bytes.start,
            bytes.end
        );
        match self.refuses {
            Some(action) if action == event.action() => Err(ENOSPC),
            _ => Ok(()),
        }
    }
}

#[pin_data]
struct MemoryEvents {
    #[pin]
    first: Registration<memory::Chain, Listener>,
    #[pin]
    middle: Registration<memory::Chain, Listener>,
    #[pin]
    last: Registration<memory::Chain, Listener>,
}

impl kernel::InPlaceModule for MemoryEvents {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        let refuses = match parameter(module_parameters::refuses.value()) {
            1 => Some(Action::GoingOnline),
            2 => Some(Action::GoingOffline),
            _ => None,
        };
        let register = |name, priority, refuses| {
            let handler = Listener { name, refuses };
            Registration::new(memory::Chain, priority, handler, Sleepable::might_sleep())
        };

        try_pin_init!(Self {
            first <- register(c"first", Priority::FIRST, None),
            middle <- register(c"middle", Priority::DEFAULT, refuses),
            last <- register(c"last", Priority::LAST, None),
        })
    }
}
