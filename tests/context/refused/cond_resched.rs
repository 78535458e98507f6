// SPDX-License-Identifier: GPL-2.0

//! Gives way if somebody waits for the CPU. Where the kernel is preemptible, only a debug
//! kernel makes code of it.
//!
//! Refused on debug: context_cond_resched -> __might_resched

use kernel::sync::rcu;
use notifier_chain::NotifyReturn;

use super::c;
use crate::subject::Chain;

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        c::context_cond_resched();
        NotifyReturn::OK
    }
}
