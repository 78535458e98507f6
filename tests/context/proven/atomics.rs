// SPDX-License-Identifier: GPL-2.0

//! Counts.

use kernel::sync::{
    atomic::{
        Atomic,
        Full,
        Relaxed,
        Release, //
    },
    rcu, //
};
use notifier_chain::NotifyReturn;

use crate::subject::Chain;

pub(super) struct Handler {
    count: Atomic<u32>,
    last: Atomic<u32>,
}

impl Handler {
    pub(super) fn new() -> Self {
        Self {
            count: Atomic::new(0),
            last: Atomic::new(0),
        }
    }
}

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        self.count.fetch_add(*event, Relaxed);
        self.last.store(*event, Release);
        if self.count.cmpxchg(100, 0, Full).is_ok() {
            return NotifyReturn::STOP;
        }
        NotifyReturn::OK
    }
}
