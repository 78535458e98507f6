// SPDX-License-Identifier: GPL-2.0

//! Sleeps when a local goes.
//!
//! Refused: fsleep

use kernel::{
    prelude::*,
    sync::rcu,
    time::{
        delay::fsleep,
        Delta, //
    }, //
};
use notifier_chain::NotifyReturn;

use crate::subject::Chain;

struct Powered;

impl Drop for Powered {
    fn drop(&mut self) {
        fsleep(Delta::from_millis(4));
    }
}

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        let _powered = Powered;
        pr_info!("{event}\n");
        NotifyReturn::OK
    }
}
