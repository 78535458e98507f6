// SPDX-License-Identifier: GPL-2.0

//! Reads under RCU.

use kernel::{
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        rcu, //
    }, //
};
use notifier_chain::NotifyReturn;

use crate::subject::Chain;

static LEVEL: Atomic<u32> = Atomic::new(0);

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        let guard = rcu::read_lock();
        let level = LEVEL.load(Relaxed);
        drop(guard);
        pr_info!("{level}\n");
        NotifyReturn::OK
    }
}
