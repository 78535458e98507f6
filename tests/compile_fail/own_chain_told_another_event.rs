// SPDX-License-Identifier: GPL-2.0

//! A chain is told the events that it was made for.

use notifier_chain::{
    atomic,
    NotifyReturn,
    Topic, //
};

pub struct Overheated;
pub struct Removed;

impl Topic for Overheated {
    type Data<'a> = Self;
}

pub fn call(chain: &atomic::Chain<Overheated>) -> NotifyReturn {
    chain.call(0, &Removed)
}
