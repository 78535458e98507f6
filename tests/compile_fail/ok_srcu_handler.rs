// SPDX-License-Identifier: GPL-2.0

//! What a handler on an SRCU chain may do: own what sleeps, and call its own chain.

use kernel::{
    prelude::*,
    sync::{
        Arc,
        Mutex, //
    }, //
};
use notifier_chain::{
    context::Sleepable,
    srcu,
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
pub struct Countdown {
    #[pin]
    pub last: Mutex<u32>,
    pub chain: Arc<srcu::Chain<Level>>,
}

impl Handler<srcu::Chain<Level>> for Countdown {
    fn notify(&self, (action, level): (usize, &u32), cx: Sleepable<'_>) -> NotifyReturn {
        *self.last.lock() = *level;
        match level.checked_sub(1) {
            Some(next) => self.chain.call(action, &next, cx),
            None => NotifyReturn::STOP,
        }
    }
}

pub fn register(chain: Arc<srcu::Chain<Level>>, countdown: impl PinInit<Countdown>) {
    let cx = Sleepable::might_sleep();
    let _ = Registration::new(chain, Priority::DEFAULT, countdown, cx);
}
