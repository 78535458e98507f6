// SPDX-License-Identifier: GPL-2.0

//! An event is there only as long as the call.

use kernel::{
    prelude::*,
    sync::atomic::{
        Atomic,
        Relaxed, //
    }, //
};
use notifier_chain::{
    atomic,
    chains::panic,
    Outcome,
    TryLock, //
};

pub struct Alarm {
    pub last: TryLock<Option<&'static CStr>>,
    pub count: Atomic<u32>,
}

impl atomic::Handler<panic::Event<'_>> for Alarm {
    fn notify(&self, event: &panic::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        self.count.fetch_add(1, Relaxed);
        if let Some(mut last) = self.last.try_lock() {
            *last = Some(event.message());
        }
        Outcome::Done
    }
}
