// SPDX-License-Identifier: GPL-2.0

//! Calls each function of a boxed array, from the end.

use kernel::{
    prelude::*,
    sync::rcu, //
};
use notifier_chain::NotifyReturn;

use super::c;
use crate::subject::Chain;

pub(super) struct Handler {
    steps: KBox<[fn(); 5]>,
}

impl Handler {
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            steps: KBox::new([c::nap as fn(); 5], GFP_KERNEL)?,
        })
    }
}

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        self.steps.iter().rev().take(1).for_each(|step| step());
        NotifyReturn::OK
    }
}
