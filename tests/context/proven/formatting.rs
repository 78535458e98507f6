// SPDX-License-Identifier: GPL-2.0

//! Prints values of many types.

use kernel::prelude::*;
use notifier_chain::{
    atomic,
    Outcome, //
};

#[derive(Debug)]
#[expect(dead_code, reason = "it is printed")]
struct Pair {
    left: i8,
    right: &'static str,
}

pub(super) struct Handler;

impl atomic::Handler<u32> for Handler {
    fn notify(&self, event: &u32, _cx: atomic::Context<'_>) -> Outcome {
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
        Outcome::Ok
    }
}
