// SPDX-License-Identifier: GPL-2.0

//! Several tasks call a blocking chain at the same time.

use core::cell::Cell;

use notifier_chain::{
    blocking,
    context::Sleepable,
    Handler,
    NotifyReturn,
    Topic, //
};

pub enum Level {}

impl Topic for Level {
    type Data<'a> = u32;
}

pub struct Counter(pub Cell<u32>);

impl Handler<blocking::Chain<Level>> for Counter {
    fn notify(&self, (_, level): (usize, &u32), _: Sleepable<'_>) -> NotifyReturn {
        self.0.set(self.0.get() + *level);
        NotifyReturn::OK
    }
}
