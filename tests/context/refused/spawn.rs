// SPDX-License-Identifier: GPL-2.0

//! Has work done later, which allocates with `GFP_KERNEL`.
//!
//! Refused: krealloc

use kernel::{
    prelude::*,
    sync::rcu,
    workqueue, //
};
use notifier_chain::NotifyReturn;

use crate::subject::Chain;

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        let level = *event;
        let spawned = workqueue::system().try_spawn(GFP_KERNEL, move || pr_info!("{level}\n"));
        if spawned.is_err() {
            return NotifyReturn::BAD;
        }
        NotifyReturn::OK
    }
}
