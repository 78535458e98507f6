// SPDX-License-Identifier: GPL-2.0

//! An event cannot carry a registration to an atomic handler, which might drop its own.

use kernel::{
    prelude::*,
    sync::{
        rcu,
        Arc, //
    }, //
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

pub struct Farewell {
    pub registration: Pin<KBox<Registration<Arc<Chain>, Leaver>>>,
}

impl Topic for Farewell {
    type Data<'a> = Self;
}

type Chain = atomic::Chain<Farewell>;

pub struct Leaver;

impl Handler<Chain> for Leaver {
    fn notify(&self, _: (usize, &Farewell), _: &rcu::Guard) -> NotifyReturn {
        NotifyReturn::DONE
    }
}

pub fn register(chain: Arc<Chain>) {
    let cx = Sleepable::might_sleep();
    let _ = Registration::new(chain, Priority::DEFAULT, Leaver, cx);
}
