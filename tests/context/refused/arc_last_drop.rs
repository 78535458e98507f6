// SPDX-License-Identifier: GPL-2.0

//! Sleeps in the destructor of what it may be the last to have.
//!
//! Refused: fsleep

use kernel::{
    prelude::*,
    sync::Arc,
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

struct Session(i64);

impl Drop for Session {
    fn drop(&mut self) {
        fsleep(Delta::from_millis(self.0));
    }
}

pub(super) struct Handler {
    slot: TryLock<Option<Arc<Session>>>,
}

impl Handler {
    pub(super) fn new() -> Result<Self> {
        let session = Arc::new(Session(6), GFP_KERNEL)?;
        Ok(Self {
            slot: TryLock::new(Some(session)),
        })
    }
}

impl atomic::Handler<u32> for Handler {
    fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        if let Some(mut slot) = self.slot.try_lock() {
            drop(slot.take());
        }
        Outcome::Ok
    }
}
