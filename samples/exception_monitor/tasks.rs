// SPDX-License-Identifier: GPL-2.0

//! What befalls tasks. On a busy machine, that is a lot.

use kernel::{
    prelude::*,
    sync::rcu, //
};
use notifier_chain::{
    chains::{
        signal,
        task_exit, //
    },
    context::Sleepable,
    Handler,
    NotifyReturn,
    Priority,
    Registration, //
};

use crate::log::Log;

/// Logs each task that exits, and each signal that is delivered.
#[pin_data]
pub(crate) struct Tasks {
    #[pin]
    exits: Registration<task_exit::Chain, Log>,
    #[pin]
    signals: Registration<signal::Chain, Log>,
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
            exits <- Registration::new(task_exit::Chain, Priority::DEFAULT, Log, cx),
            signals <- Registration::new(signal::Chain, Priority::DEFAULT, Log, cx),
        })
    }
}

impl Handler<task_exit::Chain> for Log {
    fn notify(&self, event: task_exit::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
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
        NotifyReturn::DONE
    }
}

// To print with `siglock` held is for debugging only: see `chains::signal`.
impl Handler<signal::Chain> for Log {
    fn notify(&self, event: signal::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        pr_info!(
            "signal: {} to {}: {:?}, code {}, error {}\n",
            event.number(),
            event.pid(),
            event.action(),
            event.code(),
            event.error(),
        );
        NotifyReturn::DONE
    }
}
