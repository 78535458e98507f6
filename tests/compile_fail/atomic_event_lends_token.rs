// SPDX-License-Identifier: GPL-2.0

//! Nor the caller's token, which says that the caller may sleep.

use kernel::sync::{
    rcu,
    Arc, //
};
use notifier_chain::{
    atomic,
    blocking,
    context::Sleepable,
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

pub enum Permission {}

impl Topic for Permission {
    type Data<'a> = Sleepable<'a>;
}

pub struct Relay {
    pub to: Arc<blocking::Chain<Level>>,
}

impl Handler<atomic::Chain<Permission>> for Relay {
    fn notify(&self, (action, cx): (usize, &Sleepable<'_>), _: &rcu::Guard) -> NotifyReturn {
        self.to.call(action, &1, *cx)
    }
}

pub fn register(chain: Arc<atomic::Chain<Permission>>, relay: Relay) {
    let cx = Sleepable::might_sleep();
    let _ = Registration::new(chain, Priority::DEFAULT, relay, cx);
}
