// SPDX-License-Identifier: GPL-2.0

//! Counts with a counter that sums up over CPUs now and then.

use kernel::sync::rcu;
use notifier_chain::NotifyReturn;

use super::c;
use crate::subject::Chain;

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        c::context_count_over_cpus();
        NotifyReturn::OK
    }
}
