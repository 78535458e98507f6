// SPDX-License-Identifier: GPL-2.0

//! Shares something, and gives it up again. Its destructor does not sleep.

use kernel::{
    prelude::*,
    sync::Arc, //
};
use notifier_chain::{
    atomic,
    Outcome,
    TryLock, //
};

struct Session(u32);

impl Drop for Session {
    fn drop(&mut self) {
        pr_info!("session {} is over\n", self.0);
    }
}

pub(super) struct Handler {
    session: Arc<Session>,
    slot: TryLock<Option<Arc<Session>>>,
}

impl Handler {
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            session: Arc::new(Session(6), GFP_KERNEL)?,
            slot: TryLock::new(None),
        })
    }
}

impl atomic::Handler<u32> for Handler {
    fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        let shared = self.session.clone();
        if let Some(mut slot) = self.slot.try_lock() {
            *slot = Some(shared);
        }
        Outcome::Ok
    }
}
