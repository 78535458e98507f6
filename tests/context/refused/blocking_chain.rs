// SPDX-License-Identifier: GPL-2.0

//! Calls a blocking chain, with a token that it makes on the spot.
//!
//! Refused: notifier_chain_might_sleep

use kernel::{
    prelude::*,
    sync::{
        rcu,
        Arc, //
    }, //
};
use notifier_chain::{
    blocking,
    context::Sleepable,
    new_blocking_chain,
    NotifyReturn, //
};

use crate::subject::{
    Chain,
    Numbers, //
};

pub(super) struct Handler {
    chain: Arc<blocking::Chain<Numbers>>,
}

impl Handler {
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            chain: Arc::pin_init(new_blocking_chain!(), GFP_KERNEL)?,
        })
    }
}

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        self.chain.call(0, event, Sleepable::might_sleep());
        NotifyReturn::OK
    }
}
