// SPDX-License-Identifier: GPL-2.0

//! Completes what others wait for.

use kernel::{
    prelude::*,
    sync::{
        rcu,
        Completion, //
    }, //
};
use notifier_chain::{
    context::AtomicSafe,
    NotifyReturn, //
};

use crate::subject::Chain;

#[pin_data]
pub(super) struct Handler {
    #[pin]
    done: Completion,
}

impl Handler {
    pub(super) fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            done <- Completion::new(),
        })
    }
}

// It wakes, and does not wait.
impl AtomicSafe for Handler {}

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        self.done.complete_all();
        NotifyReturn::OK
    }
}
