// SPDX-License-Identifier: GPL-2.0

//! Prints values of many types.

use kernel::{
    prelude::*,
    sync::rcu, //
};
use notifier_chain::NotifyReturn;

use crate::subject::Chain;

#[derive(Debug)]
#[expect(dead_code, reason = "it is printed")]
struct Pair {
    left: i8,
    right: &'static str,
}

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        let bytes = [*event as u8; 3];
        pr_info!(
            "{event} {:#x} {:>8} {:?} {bytes:02x?}\n",
            i64::MIN,
            "text",
            'c'
        );
        pr_info!("{:?} {:?} {}\n", Some(*event), c"of C", *event > 2);
        pr_info!(
            "{:?} {:p}\n",
            Pair {
                left: -1,
                right: "r"
            },
            event
        );
        NotifyReturn::OK
    }
}
