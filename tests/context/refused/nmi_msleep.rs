// SPDX-License-Identifier: GPL-2.0

//! Sleeps when the kernel dies.
//!
//! Refused: fsleep

use kernel::{
    sync::rcu,
    time::{
        delay::fsleep,
        Delta, //
    }, //
};
use notifier_chain::chains::die;

pub(super) struct Handler;

impl notifier_chain::Handler<die::Chain> for Handler {
    fn notify(&self, _: die::Event<'_>, _: &rcu::Guard) -> die::Answer {
        fsleep(Delta::from_millis(8));
        die::Answer::NotHandled
    }
}
