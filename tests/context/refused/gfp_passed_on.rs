// SPDX-License-Identifier: GPL-2.0

//! Passes `GFP_KERNEL` on to where others pass `GFP_ATOMIC`.
//!
//! Refused: keep_all -> keep -> krealloc

use kernel::{
    alloc::Flags,
    prelude::*,
    sync::rcu, //
};
use notifier_chain::NotifyReturn;

use crate::subject::Chain;

pub(super) struct Handler;

#[inline(never)]
fn keep_all(count: u32, flags: Flags) -> bool {
    (0..count).all(|number| keep(number, flags))
}

#[inline(never)]
fn keep(number: u32, flags: Flags) -> bool {
    KBox::new([number; 16], flags).is_ok()
}

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        let kept = keep_all(*event, GFP_ATOMIC) && keep_all(*event + 1, GFP_KERNEL);
        pr_info!("{kept}\n");
        NotifyReturn::OK
    }
}
