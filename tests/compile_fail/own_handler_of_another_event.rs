// SPDX-License-Identifier: GPL-2.0

//! A handler of one chain's events cannot be registered on a chain that tells others.

use kernel::sync::Arc;
use notifier_chain::{
    blocking,
    context::Sleepable,
    Handler,
    NotifyReturn,
    Priority,
    Registration,
    Topic, //
};

pub struct Overheated;
pub struct Removed;

impl Topic for Overheated {
    type Data<'a> = Self;
}

impl Topic for Removed {
    type Data<'a> = Self;
}

pub struct Fan;

impl Handler<blocking::Chain<Overheated>> for Fan {
    fn notify(&self, _: (usize, &Overheated), _: Sleepable<'_>) -> NotifyReturn {
        NotifyReturn::OK
    }
}

pub fn register(chain: Arc<blocking::Chain<Removed>>) {
    let cx = Sleepable::might_sleep();
    let _ = Registration::new(chain, Priority::DEFAULT, Fan, cx);
}
