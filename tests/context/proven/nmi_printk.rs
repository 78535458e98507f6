// SPDX-License-Identifier: GPL-2.0

//! Prints what killed the kernel.

use kernel::{
    prelude::*,
    sync::rcu, //
};
use notifier_chain::chains::die;

pub(super) struct Handler;

impl notifier_chain::Handler<die::Chain> for Handler {
    fn notify(&self, event: die::Event<'_>, _: &rcu::Guard) -> die::Answer {
        pr_emerg!("{:?}: {:?}\n", event.kind(), event.message());
        die::Answer::NotHandled
    }
}
