// SPDX-License-Identifier: GPL-2.0

//! A registration stays where it was made: the chain has its address.

use kernel::{
    prelude::*,
    sync::rcu, //
};
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

pub fn swap(
    mut one: Pin<KBox<Registration<panic::Chain, Alarm>>>,
    mut two: Pin<KBox<Registration<panic::Chain, Alarm>>>,
) {
    core::mem::swap(&mut *one, &mut *two);
}
