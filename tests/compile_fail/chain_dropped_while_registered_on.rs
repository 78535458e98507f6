// SPDX-License-Identifier: GPL-2.0

//! A chain cannot go as long as somebody is registered on it.

use kernel::prelude::*;
use notifier_chain::{
    atomic,
    new_atomic_chain,
    Outcome,
    Priority, //
};

pub struct Silent;

impl atomic::Handler<u32> for Silent {
    fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        Outcome::Done
    }
}

pub fn outlive() -> Result {
    let chain: Pin<KBox<atomic::Chain<u32>>> = KBox::pin_init(new_atomic_chain!(), GFP_KERNEL)?;
    let silent = KBox::pin_init(
        atomic::register(&*chain, Priority::DEFAULT, Silent),
        GFP_KERNEL,
    )?;

    drop(chain);
    drop(silent);
    Ok(())
}
