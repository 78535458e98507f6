// SPDX-License-Identifier: GPL-2.0

//! Makes the token that says that it may sleep.
//!
//! Refused: notifier_chain_might_sleep

use kernel::sync::rcu;
use notifier_chain::{
    context::Sleepable,
    NotifyReturn, //
};

use crate::subject::Chain;

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        let _cx = Sleepable::might_sleep();
        NotifyReturn::OK
    }
}
