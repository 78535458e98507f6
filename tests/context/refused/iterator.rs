// SPDX-License-Identifier: GPL-2.0

//! Sleeps in the closure of an iterator.
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
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        (0..*event)
            .filter(|step| step % 3 == 1)
            .for_each(|step| fsleep(Delta::from_micros(i64::from(step))));
        NotifyReturn::OK
    }
}
