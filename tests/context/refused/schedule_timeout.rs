// SPDX-License-Identifier: GPL-2.0

//! Gives the CPU away for a while.
//!
//! Refused: schedule_timeout

use kernel::{
    bindings,
    sync::rcu, //
};
use notifier_chain::NotifyReturn;

use crate::subject::Chain;

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        // SAFETY: There is nothing to keep to but that one may sleep.
        unsafe { bindings::schedule_timeout(3) };
        NotifyReturn::OK
    }
}
