// SPDX-License-Identifier: GPL-2.0

//! Allocates what need not be contiguous.
//!
//! Refused: vrealloc

use kernel::{
    prelude::*,
    sync::rcu, //
};
use notifier_chain::NotifyReturn;

use crate::subject::Chain;

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        if let Ok(table) = VBox::new([*event; 4096], GFP_KERNEL) {
            pr_info!("{}\n", table[7]);
        }
        NotifyReturn::OK
    }
}
