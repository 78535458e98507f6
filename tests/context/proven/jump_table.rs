// SPDX-License-Identifier: GPL-2.0

//! Chooses among many answers, by a table of jumps.

use kernel::prelude::*;
use notifier_chain::{
    atomic,
    Outcome, //
};

pub(super) struct Handler;

impl atomic::Handler<u32> for Handler {
    fn notify(&self, event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        match *event {
            0 => pr_info!("none\n"),
            1 => pr_info!("one\n"),
            2 => pr_notice!("a pair\n"),
            3 => pr_warn!("{}\n", event + 4),
            4 => pr_err!("{}\n", event * 3),
            5 => pr_crit!("five\n"),
            6 => return Outcome::Stop,
            7 => pr_alert!("{:x}\n", event << 7),
            _ => return Outcome::Done,
        }
        Outcome::Ok
    }
}
