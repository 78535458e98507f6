// SPDX-License-Identifier: GPL-2.0

//! Sleeps when what is in a box, in an option, goes.
//!
//! Refused: fsleep

use kernel::{
    prelude::*,
    time::{
        delay::fsleep,
        Delta, //
    }, //
};
use notifier_chain::{
    atomic,
    Outcome,
    TryLock, //
};

struct Powered(i64);

impl Drop for Powered {
    fn drop(&mut self) {
        fsleep(Delta::from_millis(self.0));
    }
}

pub(super) struct Handler {
    slot: TryLock<Option<KBox<Powered>>>,
}

impl Handler {
    pub(super) fn new() -> Result<Self> {
        let powered = KBox::new(Powered(5), GFP_KERNEL)?;
        Ok(Self {
            slot: TryLock::new(Some(powered)),
        })
    }
}

impl atomic::Handler<u32> for Handler {
    fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        if let Some(mut slot) = self.slot.try_lock() {
            *slot = None;
        }
        Outcome::Ok
    }
}
