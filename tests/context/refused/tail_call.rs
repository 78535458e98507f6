// SPDX-License-Identifier: GPL-2.0

//! Sleeps in a function that another one ends in.
//!
//! Refused: give_way -> schedule

use kernel::{
    bindings,
    sync::rcu, //
};
use notifier_chain::NotifyReturn;

use crate::subject::Chain;

pub(super) struct Handler;

#[inline(never)]
fn give_way() {
    // SAFETY: There is nothing to keep to but that one may sleep.
    unsafe { bindings::schedule() }
}

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        give_way();
        NotifyReturn::OK
    }
}
