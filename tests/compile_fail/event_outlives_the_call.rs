// SPDX-License-Identifier: GPL-2.0

//! An event is there only as long as the call.

use kernel::{
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        rcu, //
    }, //
};
use notifier_chain::{
    chains::panic,
    Handler,
    NotifyReturn,
    TryLock, //
};

pub struct Alarm {
    pub last: TryLock<Option<&'static CStr>>,
    pub count: Atomic<u32>,
}

impl Handler<panic::Chain> for Alarm {
    fn notify(&self, event: panic::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        self.count.fetch_add(1, Relaxed);
        if let Some(mut last) = self.last.try_lock() {
            *last = Some(event.message());
        }
        NotifyReturn::DONE
    }
}
