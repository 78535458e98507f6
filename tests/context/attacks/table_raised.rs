// SPDX-License-Identifier: GPL-2.0

//! Calls a function of a table, with an index that begins below 0.

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

fn rest() {}

static TABLE: [fn(); 6] = [first, second, third, rest, rest, rest];

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        let index = *event as isize - 3;
        if let Some(run) = TABLE.get((index + 3) as usize) {
            run();
        }
        NotifyReturn::OK
    }
}
