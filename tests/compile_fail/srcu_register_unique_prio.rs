// SPDX-License-Identifier: GPL-2.0

//! SRCU chains do not keep priorities apart.

use kernel::sync::Arc;
use notifier_chain::{
    context::Sleepable,
    srcu,
    Outcome,
    Priority, //
};

pub struct Silent;

impl srcu::Handler<u32> for Silent {
    fn notify(&self, _event: &u32, _cx: srcu::Context<'_>) -> Outcome {
        Outcome::Done
    }
}

pub fn register(chain: Arc<srcu::Chain<u32>>) {
    let cx = Sleepable::might_sleep();
    let _ = srcu::register_unique_prio(cx, chain, Priority::DEFAULT, Silent);
}
