// SPDX-License-Identifier: GPL-2.0

//! A chain cannot go as long as somebody is registered on it.

use kernel::{
    prelude::*,
    sync::rcu, //
};
use notifier_chain::{
    atomic,
    context::Sleepable,
    new_atomic_chain,
    Handler,
    NotifyReturn,
    Priority,
    Registration,
    Topic, //
};

pub enum Level {}

impl Topic for Level {
    type Data<'a> = u32;
}

pub struct Silent;

impl Handler<atomic::Chain<Level>> for Silent {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        NotifyReturn::DONE
    }
}

pub fn outlive() -> Result {
    let chain: Pin<KBox<atomic::Chain<Level>>> = KBox::pin_init(new_atomic_chain!(), GFP_KERNEL)?;
    let silent = Registration::new(&*chain, Priority::DEFAULT, Silent, Sleepable::might_sleep());
    let silent = KBox::pin_init(silent, GFP_KERNEL)?;

    drop(chain);
    drop(silent);
    Ok(())
}
