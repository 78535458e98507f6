// SPDX-License-Identifier: GPL-2.0

//! Has something done in an interrupt, when the kernel dies.

use kernel::sync::rcu;
use notifier_chain::chains::die;

use super::c;

pub(super) struct Handler;

impl notifier_chain::Handler<die::Chain> for Handler {
    fn notify(&self, _: die::Event<'_>, _: &rcu::Guard) -> die::Answer {
        c::context_queue_irq_work();
        die::Answer::NotHandled
    }
}
