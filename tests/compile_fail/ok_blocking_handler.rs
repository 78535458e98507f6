// SPDX-License-Identifier: GPL-2.0

//! What a handler on a blocking chain may do: own what sleeps, own registrations on other chains,
//! call and register on those.

use kernel::{
    prelude::*,
    sync::{
        Arc,
        Mutex, //
    }, //
};
use notifier_chain::{
    atomic,
    blocking,
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

pub enum Relayed {}

impl Topic for Relayed {
    type Data<'a> = &'a str;
}

pub struct Silent;

impl Handler<srcu::Chain<Level>> for Silent {
    fn notify(&self, _: (usize, &u32), _: Sleepable<'_>) -> NotifyReturn {
        NotifyReturn::DONE
    }
}

#[pin_data]
pub struct Relay {
    #[pin]
    pub last: Mutex<u32>,
    pub blocking: Arc<blocking::Chain<Relayed>>,
    pub atomic: Arc<atomic::Chain<Level>>,
    pub srcu: Arc<srcu::Chain<Level>>,
    #[pin]
    pub silent: Registration<Arc<srcu::Chain<Level>>, Silent>,
}

impl Handler<blocking::Chain<Level>> for Relay {
    fn notify(&self, (action, level): (usize, &u32), cx: Sleepable<'_>) -> NotifyReturn {
        *self.last.lock() = *level;
        self.atomic.call(action, level);
        self.srcu.call(action, level, cx);

        let silent = Registration::new(self.srcu.clone(), Priority::DEFAULT, Silent, cx);
        drop(KBox::pin_init(silent, GFP_KERNEL));
        self.blocking.call(action, &"relayed", cx)
    }
}

pub fn register(chain: Arc<blocking::Chain<Level>>, relay: impl PinInit<Relay>) {
    let cx = Sleepable::might_sleep();
    let _ = Registration::new(chain, Priority::DEFAULT, relay, cx);
}
