// SPDX-License-Identifier: GPL-2.0

//! A handler of other events cannot be registered on the panic chain.

use kernel::sync::rcu;
use notifier_chain::{
    atomic,
    chains::panic,
    context::Sleepable,
    Handler,
    NotifyReturn,
    Priority,
    Registration, //
    Topic,
};

pub enum Level {}

impl Topic for Level {
    type Data<'a> = u32;
}

pub struct Alarm;

impl Handler<atomic::Chain<Level>> for Alarm {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        NotifyReturn::DONE
    }
}

pub fn register() {
    let _ = Registration::new(
        panic::Chain(c"test"),
        Priority::FIRST,
        Alarm,
        Sleepable::might_sleep(),
    );
}
