// SPDX-License-Identifier: GPL-2.0

//! A handler is registered once: its registration has no copy that would unregister it, too.

use kernel::{
    prelude::*,
    sync::{
        rcu,
        Arc, //
    }, //
};
use notifier_chain::{
    atomic,
    Handler,
    NotifyReturn,
    Registration,
    Topic, //
};

pub enum Level {}

impl Topic for Level {
    type Data<'a> = u32;
}

pub struct Silent;

impl Handler<atomic::Chain<Level>> for Silent {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        NotifyReturn::DONE
    }
}

pub type Registered = Pin<KBox<Registration<Arc<atomic::Chain<Level>>, Silent>>>;

pub fn double(registration: &Registered) -> Registered {
    registration.clone()
}
