// SPDX-License-Identifier: GPL-2.0

//! A handler that may sleep cannot own a registration either: dropping it would wait for the
//! handler itself.

use notifier_chain::{
    blocking,
    Outcome,
    Registration, //
};

pub struct Silent;

impl blocking::Handler<u32> for Silent {
    fn notify(&self, _event: &u32, _cx: blocking::Context<'_>) -> Outcome {
        Outcome::Done
    }
}

pub struct Owner {
    pub other: Registration<&'static blocking::Chain<u32>, Silent>,
}

impl blocking::Handler<u32> for Owner {
    fn notify(&self, _event: &u32, _cx: blocking::Context<'_>) -> Outcome {
        Outcome::Done
    }
}
