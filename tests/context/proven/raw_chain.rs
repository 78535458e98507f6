// SPDX-License-Identifier: GPL-2.0

//! Counts as a handler on a raw chain in a spin lock.

use kernel::sync::{
    atomic::{
        Atomic,
        Relaxed, //
    },
    rcu, //
};
use notifier_chain::NotifyReturn;

use crate::subject::RawChain;

static COUNT: Atomic<u32> = Atomic::new(0);

pub(super) struct Handler;

impl notifier_chain::Handler<RawChain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        COUNT.fetch_add(*event, Relaxed);
        NotifyReturn::OK
    }
}
