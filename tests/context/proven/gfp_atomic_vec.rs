// SPDX-License-Identifier: GPL-2.0

//! Lets a vector grow with `GFP_ATOMIC`.

use kernel::{
    prelude::*,
    sync::rcu, //
};
use notifier_chain::NotifyReturn;

use crate::subject::Chain;

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        let mut steps = KVec::new();
        for step in 0..*event {
            if steps.push(step, GFP_ATOMIC).is_err() {
                return NotifyReturn::BAD;
            }
        }
        pr_info!("{:?}\n", &steps[..]);
        NotifyReturn::OK
    }
}
