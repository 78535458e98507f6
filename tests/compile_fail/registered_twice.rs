// SPDX-License-Identifier: GPL-2.0

//! The same registration cannot be made twice.

use kernel::{
    prelude::*,
    sync::rcu, //
};
use notifier_chain::{
    chains::panic,
    context::Sleepable,
    Handler,
    NotifyReturn,
    Priority,
    Registration, //
};

pub struct Alarm;

impl Handler<panic::Chain> for Alarm {
    fn notify(&self, _: panic::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        NotifyReturn::DONE
    }
}

pub fn register() -> Result {
    let registration = Registration::new(
        panic::Chain(c"test"),
        Priority::FIRST,
        Alarm,
        Sleepable::might_sleep(),
    );
    let _one = KBox::pin_init(registration, GFP_KERNEL)?;
    let _two = KBox::pin_init(registration, GFP_KERNEL)?;
    Ok(())
}
