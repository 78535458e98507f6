// SPDX-License-Identifier: GPL-2.0

//! What befalls tasks. On a busy machine, that is a lot.

use kernel::prelude::*;
use notifier_chain::{
    atomic,
    chains::{
        signal,
        task_exit, //
    },
    context::Sleepable,
    Outcome,
    Priority, //
};

use crate::log::Log;

/// Logs each task that exits, and each signal that is delivered.
#[pin_data]
pub(crate) struct Tasks {
    #[pin]
    exits: task_exit::Registration<Log>,
    #[pin]
    signals: signal::Registration<Log>,
}

impl Tasks {
    /// Registers on both chains.
    ///
    /// # Errors
    ///
    /// `EOPNOTSUPP` if the kernel was built without tracepoints.
    pub(crate) fn new() -> impl PinInit<Self, Error> {
        let cx = Sleepable::might_sleep();

        try_pin_init!(Self {
            exits <- task_exit::register(cx, Priority::DEFAULT, Log),
            signals <- signal::register(cx, Priority::DEFAULT, Log),
        })
    }
}

impl atomic::Handler<task_exit::Event<'_>> for Log {
    fn notify(&self, event: &task_exit::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        pr_info!(
            "task_exit: {} ({}/{}): {:?}{}\n",
            event.command(),
            event.tgid(),
            event.pid(),
            event.status(),
            if event.is_last_of_process() {
                ", and its process with it"
            } else {
                ""
            },
        );
        Outcome::Done
    }
}

// To print with `siglock` held is for debugging only: see `chains::signal`.
impl atomic::Handler<signal::Event<'_>> for Log {
    fn notify(&self, event: &signal::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        pr_info!(
            "signal: {} to {}: {:?}, code {}, error {}\n",
            event.number(),
            event.pid(),
            event.action(),
            event.code(),
            event.error(),
        );
        Outcome::Done
    }
}
