// SPDX-License-Identifier: GPL-2.0

//! Cancels delayed work, and waits if it is being done.
//!
//! Refused: context_cancel_delayed_work -> cancel_delayed_work_sync

use kernel::sync::rcu;
use notifier_chain::NotifyReturn;

use super::c;
use crate::subject::Chain;

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        c::context_cancel_delayed_work();
        NotifyReturn::OK
    }
}
