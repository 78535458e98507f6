// SPDX-License-Identifier: GPL-2.0

//! On a raw chain in a spin lock, no handler may sleep.

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
    Priority, //
};

#[pin_data]
pub struct Journal {
    #[pin]
    pub last: Mutex<u32>,
}

impl raw::Handler<u32> for Journal {
    fn notify(&self, event: &u32, _cx: raw::Context<'_>) -> Outcome {
        *self.last.lock() = *event;
        Outcome::Done
    }
}

pub fn register(chain: Arc<SpinLock<raw::Chain<u32>>>, journal: impl PinInit<Journal>) {
    let _ = raw::register(chain, Priority::DEFAULT, journal);
}
