// SPDX-License-Identifier: GPL-2.0

//! A handler on any atomic chain cannot own a mutex.

use kernel::{
    prelude::*,
    sync::{
        rcu,
        Arc,
        Mutex, //
    }, //
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

#[pin_data]
pub struct Waiter {
    #[pin]
    pub count: Mutex<u32>,
}

impl Handler<atomic::Chain<Level>> for Waiter {
    fn notify(&self, (_, level): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        *self.count.lock() += *level;
        NotifyReturn::OK
    }
}

pub fn register(chain: Arc<atomic::Chain<Level>>, waiter: impl PinInit<Waiter>) {
    let cx = Sleepable::might_sleep();
    let _ = Registration::new(chain, Priority::DEFAULT, waiter, cx);
}
