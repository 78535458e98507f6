// SPDX-License-Identifier: GPL-2.0

//! On a raw chain in a spin lock, no handler may sleep.

use kernel::{
    prelude::*,
    sync::{
        lock::spinlock::SpinLockBackend,
        rcu,
        Arc,
        Mutex, //
    }, //
};
use notifier_chain::{
    context::Sleepable,
    raw,
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

type Chain = raw::Chain<Level, SpinLockBackend>;

#[pin_data]
pub struct Journal {
    #[pin]
    pub last: Mutex<u32>,
}

impl Handler<Chain> for Journal {
    fn notify(&self, (_, level): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        *self.last.lock() = *level;
        NotifyReturn::DONE
    }
}

pub fn register(chain: Arc<Chain>, journal: impl PinInit<Journal>) {
    let cx = Sleepable::might_sleep();
    let _ = Registration::new(chain, Priority::DEFAULT, journal, cx);
}
