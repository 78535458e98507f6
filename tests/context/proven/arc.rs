// SPDX-License-Identifier: GPL-2.0

//! Shares something, and gives it up again. Its destructor does not sleep.

use kernel::{
    prelude::*,
    sync::{
        rcu,
        Arc, //
    }, //
};
use notifier_chain::{
    NotifyReturn,
    TryLock, //
};

use crate::subject::Chain;

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

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        let shared = self.session.clone();
        if let Some(mut slot) = self.slot.try_lock() {
            *slot = Some(shared);
        }
        NotifyReturn::OK
    }
}
