// SPDX-License-Identifier: GPL-2.0

//! Frees memory.

use kernel::{
    prelude::*,
    sync::rcu, //
};
use notifier_chain::{
    NotifyReturn,
    TryLock, //
};

use crate::subject::Chain;

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

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        if let Some(mut spare) = self.spare.try_lock() {
            *spare = None;
        }
        NotifyReturn::OK
    }
}
