// SPDX-License-Identifier: GPL-2.0

//! A handler of another chain cannot be registered on the OOM chain, which wants pages for an
//! answer.

use core::cell::Cell;

use kernel::prelude::*;
use notifier_chain::{
    blocking,
    chains::oom,
    context::Sleepable,
    Outcome,
    Priority, //
};

pub struct Reserve;

impl blocking::Handler<Cell<c_ulong>> for Reserve {
    fn notify(&self, freed: &Cell<c_ulong>, _cx: blocking::Context<'_>) -> Outcome {
        freed.set(1);
        Outcome::Ok
    }
}

pub fn register() -> impl PinInit<oom::Registration<Reserve>, Error> {
    oom::register(Sleepable::might_sleep(), Priority::DEFAULT, Reserve)
}
