// SPDX-License-Identifier: GPL-2.0

//! Sleeps while it is being printed.
//!
//! Refused: Slow -> fsleep

use kernel::{
    fmt,
    prelude::*,
    sync::rcu,
    time::{
        delay::fsleep,
        Delta, //
    }, //
};
use notifier_chain::NotifyReturn;

use crate::subject::Chain;

struct Slow(i64);

impl fmt::Display for Slow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fsleep(Delta::from_millis(self.0));
        f.write_str("slow")
    }
}

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        pr_info!("{}\n", Slow(i64::from(*event)));
        NotifyReturn::OK
    }
}
