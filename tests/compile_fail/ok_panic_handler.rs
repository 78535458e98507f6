// SPDX-License-Identifier: GPL-2.0

//! What a panic handler may own: atomics, locks that nobody waits for, memory.

use kernel::{
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        rcu,
        Arc, //
    }, //
};
use notifier_chain::{
    chains::panic,
    context::Sleepable,
    Handler,
    NotifyReturn,
    Priority,
    Registration,
    TryLock, //
};

pub struct Alarm {
    pub count: Arc<Atomic<u32>>,
    pub last: TryLock<KVec<u8>>,
}

impl Handler<panic::Chain> for Alarm {
    fn notify(&self, event: panic::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        self.count.fetch_add(1, Relaxed);
        if let Some(mut last) = self.last.try_lock() {
            last.clear();
            for byte in event.message().to_bytes() {
                let _ = last.push_within_capacity(*byte);
            }
        }
        NotifyReturn::DONE
    }
}

pub fn register(alarm: Alarm) -> impl PinInit<Registration<panic::Chain, Alarm>, Error> {
    Registration::new(
        panic::Chain(c"test"),
        Priority::FIRST,
        alarm,
        Sleepable::might_sleep(),
    )
}
