// SPDX-License-Identifier: GPL-2.0

//! Warns.

use kernel::{
    sync::rcu,
    warn_on, //
};
use notifier_chain::NotifyReturn;

use crate::subject::Chain;

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        if warn_on!(*event > 3) {
            return NotifyReturn::BAD;
        }
        NotifyReturn::OK
    }
}
