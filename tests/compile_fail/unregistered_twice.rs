// SPDX-License-Identifier: GPL-2.0

//! The same registration cannot be undone twice.

use kernel::{
    prelude::*, //
};
use notifier_chain::{
    atomic,
    chains::panic,
    Outcome,
    Priority, //
};

pub struct Alarm;

impl atomic::Handler<panic::Event<'_>> for Alarm {
    fn notify(&self, _event: &panic::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        Outcome::Done
    }
}

pub fn register() -> Result {
    let registration =
        KBox::pin_init(panic::register(c"test", Priority::FIRST, Alarm), GFP_KERNEL)?;
    drop(registration);
    drop(registration);
    Ok(())
}
