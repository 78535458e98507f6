// SPDX-License-Identifier: GPL-2.0

//! A handler on a raw chain in a spin lock cannot own a registration: dropping it may sleep, or
//! take the lock that is held.

use kernel::{
    prelude::*,
    sync::{
        lock::spinlock::SpinLockBackend,
        rcu,
        Arc, //
    }, //
};
use notifier_chain::{
    context::Sleepable,
    raw,
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

type Chain = raw::Chain<Level, SpinLockBackend>;

pub struct Silent;

impl Handler<Chain> for Silent {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        NotifyReturn::DONE
    }
}

pub struct Owner {
    pub other: Pin<KBox<Registration<Arc<Chain>, Silent>>>,
}

impl Handler<Chain> for Owner {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        NotifyReturn::DONE
    }
}

pub fn register(chain: Arc<Chain>, owner: Owner) {
    let cx = Sleepable::might_sleep();
    let _ = Registration::new(chain, Priority::DEFAULT, owner, cx);
}
