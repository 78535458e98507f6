// SPDX-License-Identifier: GPL-2.0

//! What an atomic handler is given does not do to call a blocking chain.

use kernel::sync::{
    rcu,
    Arc, //
};
use notifier_chain::{
    atomic,
    blocking,
    Handler,
    NotifyReturn,
    Topic, //
};

pub enum Level {}

impl Topic for Level {
    type Data<'a> = u32;
}

pub struct Relay {
    pub to: Arc<blocking::Chain<Level>>,
}

impl Handler<atomic::Chain<Level>> for Relay {
    fn notify(&self, (action, level): (usize, &u32), cx: &rcu::Guard) -> NotifyReturn {
        self.to.call(action, level, cx)
    }
}
