// SPDX-License-Identifier: GPL-2.0

//! A handler of one chain's events cannot be registered on a chain that tells others.

use kernel::sync::Arc;
use notifier_chain::{
    blocking,
    context::Sleepable,
    Outcome,
    Priority, //
};

pub struct Overheated;
pub struct Removed;

pub struct Fan;

impl blocking::Handler<Overheated> for Fan {
    fn notify(&self, _event: &Overheated, _cx: blocking::Context<'_>) -> Outcome {
        Outcome::Ok
    }
}

pub fn register(chain: Arc<blocking::Chain<Removed>>) {
    let cx = Sleepable::might_sleep();
    let _ = blocking::register(cx, chain, Priority::DEFAULT, Fan);
}
