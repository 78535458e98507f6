// SPDX-License-Identifier: GPL-2.0

//! Takes a `TryLock` if nobody has it.

use kernel::sync::rcu;
use notifier_chain::{
    NotifyReturn,
    TryLock, //
};

use crate::subject::Chain;

pub(super) struct Handler {
    last: TryLock<[u32; 4]>,
}

impl Handler {
    pub(super) fn new() -> Self {
        Self {
            last: TryLock::new([0; 4]),
        }
    }
}

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        if let Some(mut last) = self.last.try_lock() {
            last[*event as usize % 4] = *event;
        }
        NotifyReturn::OK
    }
}
