// SPDX-License-Identifier: GPL-2.0

//! Waits for a spin lock of C when the kernel dies.
//!
//! Refused: context_count_under_spin_lock -> spin_lock

use kernel::sync::rcu;
use notifier_chain::chains::die;

use super::c;

pub(super) struct Handler;

impl notifier_chain::Handler<die::Chain> for Handler {
    fn notify(&self, _: die::Event<'_>, _: &rcu::Guard) -> die::Answer {
        c::context_count_under_spin_lock();
        die::Answer::NotHandled
    }
}
