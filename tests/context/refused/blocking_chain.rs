// SPDX-License-Identifier: GPL-2.0

//! Calls a blocking chain, with a token that it makes on the spot.
//!
//! Refused: notifier_chain_might_sleep

use kernel::{
    prelude::*,
    sync::Arc, //
};
use notifier_chain::{
    atomic,
    blocking,
    context::Sleepable,
    new_blocking_chain,
    Outcome, //
};

pub(super) struct Handler {
    chain: Arc<blocking::Chain<u32>>,
}

impl Handler {
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            chain: Arc::pin_init(new_blocking_chain!(), GFP_KERNEL)?,
        })
    }
}

impl atomic::Handler<u32> for Handler {
    fn notify(&self, event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        self.chain.call(Sleepable::might_sleep(), event);
        Outcome::Ok
    }
}
