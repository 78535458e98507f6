// SPDX-License-Identifier: GPL-2.0

//! A chain that is borrowed goes after the registrations on it; one that is shared whenever.

use kernel::{
    prelude::*,
    sync::Arc, //
};
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

pub fn borrowed() -> Result {
    let chain: Pin<KBox<atomic::Chain<u32>>> = KBox::pin_init(new_atomic_chain!(), GFP_KERNEL)?;
    let silent = KBox::pin_init(
        atomic::register(&*chain, Priority::DEFAULT, Silent),
        GFP_KERNEL,
    )?;

    drop(silent);
    drop(chain);
    Ok(())
}

pub fn shared() -> Result {
    let chain: Arc<atomic::Chain<u32>> = Arc::pin_init(new_atomic_chain!(), GFP_KERNEL)?;
    let silent = KBox::pin_init(
        atomic::register(chain.clone(), Priority::DEFAULT, Silent),
        GFP_KERNEL,
    )?;

    drop(chain);
    drop(silent);
    Ok(())
}
