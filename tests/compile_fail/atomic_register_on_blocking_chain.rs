// SPDX-License-Identifier: GPL-2.0

//! Each kind of chain has its own function to register, which knows what that kind demands.

use kernel::sync::Arc;
use notifier_chain::{
    atomic,
    blocking,
    Outcome,
    Priority, //
};

pub struct Silent;

impl blocking::Handler<u32> for Silent {
    fn notify(&self, _event: &u32, _cx: blocking::Context<'_>) -> Outcome {
        Outcome::Done
    }
}

pub fn register(chain: Arc<blocking::Chain<u32>>) {
    let _ = atomic::register(chain, Priority::DEFAULT, Silent);
}
