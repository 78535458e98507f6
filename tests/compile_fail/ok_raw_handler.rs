// SPDX-License-Identifier: GPL-2.0

//! What a handler on a raw chain may own: under a mutex what sleeps, under a spin lock what spins.

use kernel::{
    prelude::*,
    sync::{
        Arc,
        Mutex,
        SpinLock, //
    },
};
use notifier_chain::{
    raw,
    Outcome,
    Priority,
    Registration, //
};

#[pin_data]
pub struct Sleeper {
    #[pin]
    pub last: Mutex<u32>,
}

impl raw::Handler<u32> for Sleeper {
    fn notify(&self, event: &u32, _cx: raw::Context<'_>) -> Outcome {
        *self.last.lock() = *event;
        Outcome::Ok
    }
}

#[pin_data]
pub struct Spinner {
    #[pin]
    pub last: SpinLock<u32>,
}

impl raw::Handler<u32> for Spinner {
    fn notify(&self, event: &u32, _cx: raw::Context<'_>) -> Outcome {
        *self.last.lock() = *event;
        Outcome::Ok
    }
}

pub fn in_mutex(
    chain: Arc<Mutex<raw::Chain<u32>>>,
    sleeper: impl PinInit<Sleeper>,
) -> Result<Pin<KBox<Registration<Arc<Mutex<raw::Chain<u32>>>, Sleeper>>>> {
    KBox::pin_init(raw::register(chain, Priority::DEFAULT, sleeper), GFP_KERNEL)
}

pub fn in_spin_lock(
    chain: &SpinLock<raw::Chain<u32>>,
    spinner: impl PinInit<Spinner>,
) -> Result<Pin<KBox<Registration<&SpinLock<raw::Chain<u32>>, Spinner>>>> {
    KBox::pin_init(raw::register(chain, Priority::DEFAULT, spinner), GFP_KERNEL)
}

pub fn alone(
    chain: &raw::Unshared<u32>,
    sleeper: impl PinInit<Sleeper>,
) -> Result<Pin<KBox<Registration<&raw::Unshared<u32>, Sleeper>>>> {
    KBox::pin_init(raw::register(chain, Priority::DEFAULT, sleeper), GFP_KERNEL)
}
