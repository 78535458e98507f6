// SPDX-License-Identifier: GPL-2.0

//! What a handler on a raw chain may own: in a mutex what sleeps, in a spin lock what spins.

use kernel::{
    prelude::*,
    sync::{
        lock::{
            mutex::MutexBackend,
            spinlock::SpinLockBackend, //
        },
        rcu,
        Arc,
        Mutex,
        SpinLock, //
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

#[pin_data]
pub struct Sleeper {
    #[pin]
    pub last: Mutex<u32>,
}

impl Handler<raw::Chain<Level, MutexBackend>> for Sleeper {
    fn notify(&self, (_, level): (usize, &u32), _: Sleepable<'_>) -> NotifyReturn {
        *self.last.lock() = *level;
        NotifyReturn::OK
    }
}

#[pin_data]
pub struct Spinner {
    #[pin]
    pub last: SpinLock<u32>,
}

impl Handler<raw::Chain<Level, SpinLockBackend>> for Spinner {
    fn notify(&self, (_, level): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        *self.last.lock() = *level;
        NotifyReturn::OK
    }
}

pub fn in_mutex(chain: Arc<raw::Chain<Level, MutexBackend>>, sleeper: impl PinInit<Sleeper>) {
    let cx = Sleepable::might_sleep();
    let _ = Registration::new(chain, Priority::DEFAULT, sleeper, cx);
}

pub fn in_spin_lock(chain: &raw::Chain<Level, SpinLockBackend>, spinner: impl PinInit<Spinner>) {
    let cx = Sleepable::might_sleep();
    let _ = Registration::new(chain, Priority::DEFAULT, spinner, cx);
}
