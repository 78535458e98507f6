// SPDX-License-Identifier: GPL-2.0

//! A handler that must not sleep is not one of a blocking chain, even of the same topic.

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

pub struct Silent;

impl Handler<atomic::Chain<Level>> for Silent {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        NotifyReturn::DONE
    }
}

pub fn register(chain: Arc<blocking::Chain<Level>>) {
    let cx = Sleepable::might_sleep();
    let _ = Registration::new(chain, Priority::DEFAULT, Silent, cx);
}
