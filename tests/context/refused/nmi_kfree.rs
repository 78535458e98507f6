// SPDX-License-Identifier: GPL-2.0

//! Frees memory when the kernel dies.
//!
//! Refused: krealloc

use kernel::prelude::*;
use notifier_chain::{
    atomic,
    chains::die,
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

impl atomic::Handler<die::Event<'_>> for Handler {
    fn notify(&self, _event: &die::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        if let Some(mut spare) = self.spare.try_lock() {
            *spare = None;
        }
        Outcome::Ok
    }
}
