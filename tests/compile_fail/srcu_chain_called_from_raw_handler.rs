// SPDX-License-Identifier: GPL-2.0

//! What a handler on a raw chain in a spin lock is given does not do to call an SRCU chain.

use kernel::sync::{
    lock::spinlock::SpinLockBackend,
    rcu,
    Arc, //
};
use notifier_chain::{
    raw,
    srcu,
    Handler,
    NotifyReturn,
    Topic, //
};

pub enum Level {}

impl Topic for Level {
    type Data<'a> = u32;
}

pub struct Relay {
    pub to: Arc<srcu::Chain<Level>>,
}

impl Handler<raw::Chain<Level, SpinLockBackend>> for Relay {
    fn notify(&self, (action, level): (usize, &u32), cx: &rcu::Guard) -> NotifyReturn {
        self.to.call(action, level, cx)
    }
}
