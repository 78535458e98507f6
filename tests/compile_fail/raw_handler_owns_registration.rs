// SPDX-License-Identifier: GPL-2.0

//! A handler on a raw chain cannot own a registration: dropping it would take the lock that is
//! held.

use notifier_chain::{
    chains::netdevice,
    raw,
    Outcome, //
};

pub struct Silent;

impl raw::Handler<netdevice::Event<'_>> for Silent {
    fn notify(&self, _event: &netdevice::Event<'_>, _cx: raw::Context<'_>) -> Outcome {
        Outcome::Done
    }
}

pub struct Owner {
    pub other: netdevice::Registration<Silent>,
}

impl raw::Handler<netdevice::Event<'_>> for Owner {
    fn notify(&self, _event: &netdevice::Event<'_>, _cx: raw::Context<'_>) -> Outcome {
        Outcome::Done
    }
}
