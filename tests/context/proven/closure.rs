// SPDX-License-Identifier: GPL-2.0

//! Gives a closure away.

use kernel::{
    prelude::*,
    sync::rcu, //
};
use notifier_chain::NotifyReturn;

use crate::subject::Chain;

pub(super) struct Handler;

#[inline(never)]
fn twice(tell: impl Fn(u32)) {
    tell(1);
    tell(2);
}

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        let level = *event;
        twice(|step| pr_info!("{level} {step}\n"));
        NotifyReturn::OK
    }
}
