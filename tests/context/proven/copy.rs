// SPDX-License-Identifier: GPL-2.0

//! Copies and compares what is large.

use kernel::sync::rcu;
use notifier_chain::{
    NotifyReturn,
    TryLock, //
};

use crate::subject::Chain;

pub(super) struct Handler {
    last: TryLock<[u32; 256]>,
}

impl Handler {
    pub(super) fn new() -> Self {
        Self {
            last: TryLock::new([0; 256]),
        }
    }
}

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        if let Some(mut last) = self.last.try_lock() {
            let mut next = *last;
            next.fill(*event);
            if next != *last {
                *last = next;
            }
        }
        NotifyReturn::OK
    }
}
