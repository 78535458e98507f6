// SPDX-License-Identifier: GPL-2.0

//! Sleeps in a closure that is given away.
//!
//! Refused: twice -> fsleep

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

#[inline(never)]
fn twice(step: impl Fn()) {
    step();
    step();
}

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        let pause = i64::from(*event);
        twice(|| fsleep(Delta::from_micros(pause)));
        NotifyReturn::OK
    }
}
