// SPDX-License-Identifier: GPL-2.0

//! Sleeps by itself, in a function of the `kernel` crate.
//!
//! Refused: fsleep

use kernel::{
    sync::rcu,
    time::{
        delay::fsleep,
        Delta, //
    }, //
};
use notifier_chain::NotifyReturn;

use crate::subject::Chain;

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        fsleep(Delta::from_millis(2));
        NotifyReturn::OK
    }
}
