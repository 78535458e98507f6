// SPDX-License-Identifier: GPL-2.0

//! Allocates when the kernel dies, if without sleeping.
//!
//! Refused: krealloc

use kernel::{
    prelude::*,
    sync::rcu, //
};
use notifier_chain::chains::die;

pub(super) struct Handler;

impl notifier_chain::Handler<die::Chain> for Handler {
    fn notify(&self, event: die::Event<'_>, _: &rcu::Guard) -> die::Answer {
        if let Ok(copy) = KBox::new(event.signal(), GFP_ATOMIC) {
            pr_emerg!("{copy}\n");
        }
        die::Answer::NotHandled
    }
}
