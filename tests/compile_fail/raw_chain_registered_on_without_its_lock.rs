// SPDX-License-Identifier: GPL-2.0

//! Who registers on a raw chain must have it alone: a shared borrow does not do.

use notifier_chain::{
    raw,
    Outcome,
    Priority, //
};

pub struct Silent;

impl raw::Handler<u32> for Silent {
    fn notify(&self, _event: &u32, _cx: raw::Context<'_>) -> Outcome {
        Outcome::Done
    }
}

pub fn register(chain: &raw::Chain<u32>) {
    let _ = raw::register(chain, Priority::DEFAULT, Silent);
}
