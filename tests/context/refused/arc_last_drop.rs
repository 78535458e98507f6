// SPDX-License-Identifier: GPL-2.0

//! Sleeps in the destructor of what it may be the last to have.
//!
//! Refused: fsleep

use kernel::{
    prelude::*,
    sync::{
        rcu,
        Arc, //
    },
    time::{
        delay::fsleep,
        Delta, //
    }, //
};
use notifier_chain::{
    NotifyReturn,
    TryLock, //
};

use crate::subject::Chain;

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

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        if let Some(mut slot) = self.slot.try_lock() {
            drop(slot.take());
        }
        NotifyReturn::OK
    }
}
