// SPDX-License-Identifier: GPL-2.0

//! Chooses among many answers, by a table of jumps.

use kernel::{
    prelude::*,
    sync::rcu, //
};
use notifier_chain::NotifyReturn;

use crate::subject::Chain;

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        match *event {
            0 => pr_info!("none\n"),
            1 => pr_info!("one\n"),
            2 => pr_notice!("a pair\n"),
            3 => pr_warn!("{}\n", event + 4),
            4 => pr_err!("{}\n", event * 3),
            5 => pr_crit!("five\n"),
            6 => return NotifyReturn::STOP,
            7 => pr_alert!("{:x}\n", event << 7),
            _ => return NotifyReturn::DONE,
        }
        NotifyReturn::OK
    }
}
