// SPDX-License-Identifier: GPL-2.0

//! Calls a function of a table, with an index that begins at 3.

use kernel::{
    prelude::*,
    sync::rcu, //
};
use notifier_chain::NotifyReturn;

use super::c;
use crate::subject::Chain;

fn first() {
    c::nap();
    pr_debug!("first\n");
}

fn second() {
    c::nap();
    pr_debug!("second\n");
}

fn third() {
    c::nap();
    pr_debug!("third\n");
}

static TABLE: [fn(); 3] = [first, second, third];

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        let index = *event as usize + 3;
        if (3..6).contains(&index) {
            (TABLE[index - 3])();
        }
        NotifyReturn::OK
    }
}
