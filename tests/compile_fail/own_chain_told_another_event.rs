// SPDX-License-Identifier: GPL-2.0

//! A chain is told the events that it was made for.

use notifier_chain::{
    atomic,
    Verdict, //
};

pub struct Overheated;
pub struct Removed;

pub fn call(chain: &atomic::Chain<Overheated>) -> Verdict {
    chain.call(&Removed)
}
