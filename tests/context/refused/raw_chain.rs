// SPDX-License-Identifier: GPL-2.0

//! Sleeps as a handler on a raw chain in a spin lock.
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

use crate::subject::RawChain;

pub(super) struct Handler;

impl notifier_chain::Handler<RawChain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        fsleep(Delta::from_millis(7));
        NotifyReturn::OK
    }
}
