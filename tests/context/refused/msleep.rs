// SPDX-License-Identifier: GPL-2.0

//! Sleeps by itself, in a function of C.
//!
//! Refused: msleep

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
        unsafe { bindings::msleep(1) };
        NotifyReturn::OK
    }
}
