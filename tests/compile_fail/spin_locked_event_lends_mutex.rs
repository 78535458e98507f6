// SPDX-License-Identifier: GPL-2.0

//! Nor one of a raw chain in a spin lock.

use kernel::sync::{
    lock::spinlock::SpinLockBackend,
    rcu,
    Arc,
    Mutex, //
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

pub enum Shared {}

impl Topic for Shared {
    type Data<'a> = Mutex<u32>;
}

type Chain = raw::Chain<Shared, SpinLockBackend>;

pub struct Counter;

impl Handler<Chain> for Counter {
    fn notify(&self, (_, count): (usize, &Mutex<u32>), _: &rcu::Guard) -> NotifyReturn {
        *count.lock() += 1;
        NotifyReturn::OK
    }
}

pub fn register(chain: Arc<Chain>) {
    let cx = Sleepable::might_sleep();
    let _ = Registration::new(chain, Priority::DEFAULT, Counter, cx);
}
