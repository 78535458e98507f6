// SPDX-License-Identifier: GPL-2.0

//! Calls another atomic chain of its driver.

use kernel::sync::{
    rcu,
    Arc, //
};
use notifier_chain::NotifyReturn;

use crate::subject::Chain;

pub(super) struct Handler {
    chain: Arc<Chain>,
}

impl Handler {
    pub(super) fn new(chain: Arc<Chain>) -> Self {
        Self { chain }
    }
}

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        if self.chain.call(0, event).is_stop() {
            return NotifyReturn::STOP;
        }
        NotifyReturn::OK
    }
}
