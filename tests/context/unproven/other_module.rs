// SPDX-License-Identifier: GPL-2.0

//! Calls a function of another module, which is not there to be read.

use kernel::sync::rcu;
use notifier_chain::NotifyReturn;

use super::c;
use crate::subject::Chain;

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        c::context_other();
        NotifyReturn::OK
    }
}
