// SPDX-License-Identifier: GPL-2.0

//! Allocates a box with `GFP_KERNEL`.
//!
//! Refused: krealloc

use kernel::{
    prelude::*,
    sync::rcu, //
};
use notifier_chain::NotifyReturn;

use crate::subject::Chain;

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        if let Ok(copy) = KBox::new(*event, GFP_KERNEL) {
            pr_info!("{copy}\n");
        }
        NotifyReturn::OK
    }
}
