// SPDX-License-Identifier: GPL-2.0

//! The initialiser of a registration holds the token that it was given. So it is run where the
//! token is: in no other task, and in no atomic handler that would own it.

use notifier_chain::{
    chains::reboot,
    context::{
        AtomicSafe,
        Sleepable, //
    },
    Handler,
    NotifyReturn,
    Priority,
    Registration, //
};

pub struct Silent;

impl Handler<reboot::Chain> for Silent {
    fn notify(&self, _: reboot::Event<'_>, _: Sleepable<'_>) -> NotifyReturn {
        NotifyReturn::DONE
    }
}

fn send<T: Send>(_: T) {}

fn own<T: AtomicSafe>(_: T) {}

pub fn leak(cx: Sleepable<'_>) {
    send(Registration::new(
        reboot::Chain,
        Priority::DEFAULT,
        Silent,
        cx,
    ));
    own(Registration::new(
        reboot::Chain,
        Priority::DEFAULT,
        Silent,
        cx,
    ));
}
