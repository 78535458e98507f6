// SPDX-License-Identifier: GPL-2.0

//! A module's registration is dropped by another task than the one that made it, so that its
//! handler must be `Send`.

use kernel::{
    prelude::*,
    sync::rcu, //
};
use notifier_chain::{
    chains::panic,
    context::Sleepable,
    Handler,
    NotifyReturn,
    Priority,
    Registration, //
};

pub struct Alarm {
    pub state: *mut i32,
}

// SAFETY: No code follows the pointer.
unsafe impl Sync for Alarm {}

impl Handler<panic::Chain> for Alarm {
    fn notify(&self, _: panic::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        NotifyReturn::DONE
    }
}

#[pin_data]
pub struct Driver {
    #[pin]
    panic: Registration<panic::Chain, Alarm>,
}

impl kernel::InPlaceModule for Driver {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        let state = core::ptr::null_mut();
        let cx = Sleepable::might_sleep();
        try_pin_init!(Self {
            panic <- Registration::new(panic::Chain(c"test"), Priority::FIRST, Alarm { state }, cx),
        })
    }
}
