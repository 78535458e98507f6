// SPDX-License-Identifier: GPL-2.0

//! Calls another atomic chain of its driver.

use kernel::sync::Arc;
use notifier_chain::{
    atomic,
    Outcome, //
};

pub(super) struct Handler {
    chain: Arc<atomic::Chain<u32>>,
}

impl Handler {
    pub(super) fn new(chain: Arc<atomic::Chain<u32>>) -> Self {
        Self { chain }
    }
}

impl atomic::Handler<u32> for Handler {
    fn notify(&self, event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        if self.chain.call(event).is_stopped() {
            return Outcome::Stop;
        }
        Outcome::Ok
    }
}
