// SPDX-License-Identifier: GPL-2.0

//! An event cannot carry a registration to a handler, which might drop its own.

use notifier_chain::{
    atomic,
    chains::panic,
    Outcome, //
};

pub struct Silent;

impl atomic::Handler<panic::Event<'_>> for Silent {
    fn notify(&self, _event: &panic::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        Outcome::Done
    }
}

pub struct Farewell {
    pub registration: panic::Registration<Silent>,
}

pub struct Leaver;

impl atomic::Handler<Farewell> for Leaver {
    fn notify(&self, _event: &Farewell, _cx: atomic::Context<'_>) -> Outcome {
        Outcome::Done
    }
}
