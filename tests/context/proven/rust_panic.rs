// SPDX-License-Identifier: GPL-2.0

//! Panics in Rust if it is told too much, as every index does.

use kernel::{
    prelude::*,
    sync::rcu, //
};
use notifier_chain::NotifyReturn;

use crate::subject::Chain;

static LEVELS: [u8; 5] = [1, 3, 5, 7, 11];

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        pr_info!("{}\n", LEVELS[*event as usize]);
        NotifyReturn::OK
    }
}
