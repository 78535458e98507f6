// SPDX-License-Identifier: GPL-2.0

//! A handler is called for as long as it is registered, which may be for ever: it cannot borrow.

use kernel::sync::{
    atomic::{
        Atomic,
        Relaxed, //
    },
    rcu,
    Arc, //
};
use notifier_chain::{
    atomic,
    context::Sleepable,
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

pub struct Counter<'a>(pub &'a Atomic<u32>);

impl Handler<atomic::Chain<Level>> for Counter<'_> {
    fn notify(&self, (_, level): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        self.0.fetch_add(*level, Relaxed);
        NotifyReturn::OK
    }
}

pub fn register(chain: Arc<atomic::Chain<Level>>, counter: Counter<'_>) {
    let cx = Sleepable::might_sleep();
    let _ = Registration::new(chain, Priority::DEFAULT, counter, cx);
}
