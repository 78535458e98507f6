// SPDX-License-Identifier: GPL-2.0

//! Sleeps in what a generic function is given.
//!
//! Refused: generic::settle -> Relay -> fsleep

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

trait Settles {
    fn settle(&self, step: u32);
}

struct Relay;

impl Settles for Relay {
    #[inline(never)]
    fn settle(&self, step: u32) {
        fsleep(Delta::from_millis(i64::from(step)));
    }
}

#[inline(never)]
fn settle<T: Settles>(device: &T, steps: u32) {
    for step in 0..steps {
        device.settle(step);
    }
}

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        settle(&Relay, *event);
        NotifyReturn::OK
    }
}
