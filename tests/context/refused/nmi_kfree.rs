// SPDX-License-Identifier: GPL-2.0

//! Frees memory when the kernel dies.
//!
//! Refused: krealloc

use kernel::{
    prelude::*,
    sync::rcu, //
};
use notifier_chain::{
    chains::die,
    TryLock, //
};

pub(super) struct Handler {
    spare: TryLock<Option<KBox<[u64; 4]>>>,
}

impl Handler {
    pub(super) fn new() -> Result<Self> {
        let spare = KBox::new([9; 4], GFP_KERNEL)?;
        Ok(Self {
            spare: TryLock::new(Some(spare)),
        })
    }
}

impl notifier_chain::Handler<die::Chain> for Handler {
    fn notify(&self, _: die::Event<'_>, _: &rcu::Guard) -> die::Answer {
        if let Some(mut spare) = self.spare.try_lock() {
            *spare = None;
        }
        die::Answer::NotHandled
    }
}
