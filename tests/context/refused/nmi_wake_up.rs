// SPDX-License-Identifier: GPL-2.0

//! Wakes somebody when the kernel dies, which takes the lock of a queue.
//!
//! Refused: context_wake_up -> __wake_up

use kernel::sync::rcu;
use notifier_chain::chains::die;

use super::c;

pub(super) struct Handler;

impl notifier_chain::Handler<die::Chain> for Handler {
    fn notify(&self, _: die::Event<'_>, _: &rcu::Guard) -> die::Answer {
        c::context_wake_up();
        die::Answer::NotHandled
    }
}
