// SPDX-License-Identifier: GPL-2.0

//! Two handlers hear when the log is dumped: one as far as oopses, one of all. The first one reads
//! the records that the test has written.

use kernel::{
    prelude::*,
    str::BStr,
    sync::rcu, //
};
use notifier_chain::{
    chains::kmsg_dump::{
        self,
        Reason, //
    },
    context::Sleepable,
    Handler,
    Priority,
    Registration,
    TryLock, //
};

module! {
    type: KmsgEvents,
    name: "kmsg_events",
    authors: ["The notifier-chain developers"],
    description: "Says when the log is dumped, and reads it",
    license: "GPL",
}

/// What the records to read have in them.
const MARK: &[u8] = b"log line ";

struct First {
    line: TryLock<[u8; 256]>,
}

impl Handler<kmsg_dump::Chain> for First {
    fn notify(&self, event: kmsg_dump::Event<'_>, _: &rcu::Guard) {
        say(c"first", event);
        let Some(mut line) = self.line.try_lock() else {
            return;
        };
        let mut records = event.records();
        // One that does not fit at all.
        let nothing = records.next_into(&mut []);
        pr_info!("first reads: {:?}\n", nothing);
        // What this prints has the mark, too, and is not read.
        while let Some(record) = records.next_into(&mut *line) {
            let Some(at) = record.windows(MARK.len()).position(|text| text == MARK) else {
                continue;
            };
            let text = record.get(at..).unwrap_or_default();
            pr_info!("first reads: {:?}\n", BStr::from_bytes(text));
        }
    }
}

struct Second;

impl Handler<kmsg_dump::Chain> for Second {
    fn notify(&self, event: kmsg_dump::Event<'_>, _: &rcu::Guard) {
        say(c"second", event);
    }
}

fn say(name: &CStr, event: kmsg_dump::Event<'_>) {
    let description = event.description().unwrap_or(c"nothing");
    pr_info!("{} hears: {:?}: {}\n", name, event.reason(), description);
}

#[pin_data]
struct KmsgEvents {
    #[pin]
    first: Registration<kmsg_dump::Chain, First>,
    #[pin]
    second: Registration<kmsg_dump::Chain, Second>,
}

impl kernel::InPlaceModule for KmsgEvents {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        let cx = Sleepable::might_sleep();

        try_pin_init!(Self {
            first <- Registration::new(
                kmsg_dump::Chain(Reason::Oops),
                Priority::LAST,
                First { line: TryLock::new([0; 256]) },
                cx,
            ),
            second <- Registration::new(
                kmsg_dump::Chain(Reason::Shutdown),
                Priority::FIRST,
                Second,
                cx,
            ),
        })
    }
}
