// SPDX-License-Identifier: GPL-2.0

//! Frees memory.

use kernel::prelude::*;
use notifier_chain::{
    atomic,
    Outcome,
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

impl atomic::Handler<u32> for Handler {
    fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        if let Some(mut spare) = self.spare.try_lock() {
            *spare = None;
        }
        Outcome::Ok
    }
}
