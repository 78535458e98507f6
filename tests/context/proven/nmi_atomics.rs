// SPDX-License-Identifier: GPL-2.0

//! Counts deaths.

use kernel::sync::{
    atomic::{
        Atomic,
        Relaxed, //
    },
    rcu, //
};
use notifier_chain::chains::die;

static DEATHS: Atomic<u32> = Atomic::new(0);

pub(super) struct Handler;

impl notifier_chain::Handler<die::Chain> for Handler {
    fn notify(&self, _: die::Event<'_>, _: &rcu::Guard) -> die::Answer {
        DEATHS.fetch_add(1, Relaxed);
        die::Answer::NotHandled
    }
}
