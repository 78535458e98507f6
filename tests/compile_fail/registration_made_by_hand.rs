// SPDX-License-Identifier: GPL-2.0

//! Only the constructor makes a registration.

use kernel::sync::rcu;
use notifier_chain::{
    chains::panic,
    Handler,
    NotifyReturn,
    Registration, //
};

pub struct Alarm;

impl Handler<panic::Chain> for Alarm {
    fn notify(&self, _: panic::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        NotifyReturn::DONE
    }
}

pub fn forge(chain: panic::Chain) -> Registration<panic::Chain, Alarm> {
    Registration {
        handler: Alarm,
        chain,
    }
}
