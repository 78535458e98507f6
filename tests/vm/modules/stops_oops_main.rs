// SPDX-License-Identifier: GPL-2.0

//! A handler on the die chain that would stop an oops, so that the code goes on behind it.

use kernel::{
    prelude::*,
    sync::rcu, //
};
use notifier_chain::{
    chains::die,
    context::Sleepable,
    Handler,
    Priority,
    Registration, //
};

module! {
    type: StopsOops,
    name: "stops_oops",
    authors: ["The notifier-chain developers"],
    description: "Would stop an oops, and cannot",
    license: "GPL",
}

struct Stop;

impl Handler<die::Chain> for Stop {
    fn notify(&self, event: die::Event<'_>, _: &rcu::Guard) -> die::Answer {
        if event.kind() != die::Kind::Oops {
            return die::Answer::NotHandled;
        }
        pr_emerg!("{event:?}\n");
        die::Answer::Handled
    }
}

#[pin_data]
struct StopsOops {
    #[pin]
    die: Registration<die::Chain, Stop>,
}

impl kernel::InPlaceModule for StopsOops {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        let cx = Sleepable::might_sleep();
        try_pin_init!(Self {
            die <- Registration::new(die::Chain, Priority::FIRST, Stop, cx),
        })
    }
}
