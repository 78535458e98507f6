// SPDX-License-Identifier: GPL-2.0

//! An event of an atomic chain cannot lend its handlers a mutex.

use kernel::sync::{
    rcu,
    Arc,
    Mutex, //
};
use notifier_chain::{
    atomic,
    context::Sleepable,
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

pub struct Counter;

impl Handler<atomic::Chain<Shared>> for Counter {
    fn notify(&self, (_, count): (usize, &Mutex<u32>), _: &rcu::Guard) -> NotifyReturn {
        *count.lock() += 1;
        NotifyReturn::OK
    }
}

pub fn register(chain: Arc<atomic::Chain<Shared>>) {
    let cx = Sleepable::might_sleep();
    let _ = Registration::new(chain, Priority::DEFAULT, Counter, cx);
}
