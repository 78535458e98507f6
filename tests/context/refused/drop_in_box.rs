// SPDX-License-Identifier: GPL-2.0

//! Sleeps when what is in a box, in an option, goes.
//!
//! Refused: fsleep

use kernel::{
    prelude::*,
    sync::rcu,
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

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        if let Some(mut slot) = self.slot.try_lock() {
            *slot = None;
        }
        NotifyReturn::OK
    }
}
