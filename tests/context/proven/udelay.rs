// SPDX-License-Identifier: GPL-2.0

//! Waits without sleeping.

use kernel::{
    sync::rcu,
    time::{
        delay::udelay,
        Delta, //
    }, //
};
use notifier_chain::NotifyReturn;

use crate::subject::Chain;

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        udelay(Delta::from_micros(3));
        NotifyReturn::OK
    }
}
