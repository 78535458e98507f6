// SPDX-License-Identifier: GPL-2.0

//! Calls a function of a vector.

use kernel::{
    prelude::*,
    sync::rcu, //
};
use notifier_chain::NotifyReturn;

use super::c;
use crate::subject::Chain;

pub(super) struct Handler {
    steps: KVec<fn()>,
}

impl Handler {
    pub(super) fn new() -> Result<Self> {
        let mut steps = KVec::new();
        for _ in 0..5 {
            steps.push(c::nap as fn(), GFP_KERNEL)?;
        }
        Ok(Self { steps })
    }
}

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        if let Some(step) = self.steps.get(3) {
            step();
        }
        NotifyReturn::OK
    }
}
