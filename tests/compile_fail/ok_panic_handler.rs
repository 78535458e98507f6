// SPDX-License-Identifier: GPL-2.0

//! What a panic handler may own: atomics, locks that nobody waits for, memory.

use kernel::{
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc, //
    }, //
};
use notifier_chain::{
    atomic,
    chains::panic,
    Outcome,
    Priority,
    TryLock, //
};

pub struct Alarm {
    pub count: Arc<Atomic<u32>>,
    pub last: TryLock<KVec<u8>>,
}

impl atomic::Handler<panic::Event<'_>> for Alarm {
    fn notify(&self, event: &panic::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        self.count.fetch_add(1, Relaxed);
        if let Some(mut last) = self.last.try_lock() {
            last.clear();
            for byte in event.message().to_bytes() {
                let _ = last.push_within_capacity(*byte);
            }
        }
        Outcome::Done
    }
}

pub type Registration = panic::Registration<Alarm>;

pub fn register(alarm: Alarm) -> impl PinInit<Registration, Error> {
    panic::register(c"test", Priority::FIRST, alarm)
}
