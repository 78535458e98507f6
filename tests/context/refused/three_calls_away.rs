// SPDX-License-Identifier: GPL-2.0

//! Sleeps three calls away, the last of them in C.
//!
//! Refused: first -> second -> context_third -> msleep

use kernel::sync::rcu;
use notifier_chain::NotifyReturn;

use super::c;
use crate::subject::Chain;

pub(super) struct Handler;

#[inline(never)]
fn first(level: u32) {
    if level > 3 {
        second(level - 3);
    }
}

#[inline(never)]
fn second(level: u32) {
    for step in 0..level {
        c::context_third(step);
    }
}

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        first(*event);
        NotifyReturn::OK
    }
}
