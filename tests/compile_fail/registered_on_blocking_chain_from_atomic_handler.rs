// SPDX-License-Identifier: GPL-2.0

//! What an atomic handler is given does not do to register on a blocking chain.

use notifier_chain::{
    atomic,
    blocking,
    Outcome,
    Priority, //
};

pub struct Silent;

impl blocking::Handler<u32> for Silent {
    fn notify(&self, _event: &u32, _cx: blocking::Context<'_>) -> Outcome {
        Outcome::Done
    }
}

pub struct Recruiter;

impl atomic::Handler<blocking::Chain<u32>> for Recruiter {
    fn notify(&self, event: &blocking::Chain<u32>, cx: atomic::Context<'_>) -> Outcome {
        let _ = blocking::register(cx, event, Priority::DEFAULT, Silent);
        Outcome::Done
    }
}
