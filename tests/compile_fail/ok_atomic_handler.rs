// SPDX-License-Identifier: GPL-2.0

//! What a handler on an atomic chain may own, and a panic handler may not: what spins, and, if it
//! says so, what wakes.

use kernel::{
    prelude::*,
    sync::{
        rcu,
        Arc,
        Completion,
        SpinLock, //
    }, //
};
use notifier_chain::{
    atomic,
    context::{
        AtomicSafe,
        Sleepable, //
    },
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
pub struct Waker {
    #[pin]
    pub count: SpinLock<u32>,
    #[pin]
    pub done: Completion,
}

// It completes, and does not wait.
impl AtomicSafe for Waker {}

impl Handler<atomic::Chain<Level>> for Waker {
    fn notify(&self, (_, level): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        *self.count.lock() += *level;
        self.done.complete_all();
        NotifyReturn::OK
    }
}

pub fn register(chain: Arc<atomic::Chain<Level>>, waker: impl PinInit<Waker>) {
    let cx = Sleepable::might_sleep();
    let _ = Registration::new(chain, Priority::DEFAULT, waker, cx);
}
