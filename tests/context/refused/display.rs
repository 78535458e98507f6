// SPDX-License-Identifier: GPL-2.0

//! Sleeps while it is being printed.
//!
//! Refused: Slow -> fsleep

use kernel::{
    fmt,
    prelude::*,
    time::{
        delay::fsleep,
        Delta, //
    }, //
};
use notifier_chain::{
    atomic,
    Outcome, //
};

struct Slow(i64);

impl fmt::Display for Slow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fsleep(Delta::from_millis(self.0));
        f.write_str("slow")
    }
}

pub(super) struct Handler;

impl atomic::Handler<u32> for Handler {
    fn notify(&self, event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        pr_info!("{}\n", Slow(i64::from(*event)));
        Outcome::Ok
    }
}
