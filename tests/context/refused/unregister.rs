// SPDX-License-Identifier: GPL-2.0

//! Unregisters a notifier of C.
//!
//! Refused: context_unregister -> atomic_notifier_chain_unregister

use kernel::sync::rcu;
use notifier_chain::NotifyReturn;

use super::c;
use crate::subject::Chain;

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        c::context_unregister();
        NotifyReturn::OK
    }
}
