// SPDX-License-Identifier: GPL-2.0

//! What an atomic handler is given does not do to attach to a tracepoint either, which may sleep.

use notifier_chain::{
    atomic,
    chains::task_exit,
    Outcome,
    Priority, //
};

pub struct Silent;

impl atomic::Handler<task_exit::Event<'_>> for Silent {
    fn notify(&self, _event: &task_exit::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        Outcome::Done
    }
}

pub struct Recruiter;

impl atomic::Handler<u32> for Recruiter {
    fn notify(&self, _event: &u32, cx: atomic::Context<'_>) -> Outcome {
        let _ = task_exit::register(cx, Priority::DEFAULT, Silent);
        Outcome::Done
    }
}
