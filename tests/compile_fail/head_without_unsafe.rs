// SPDX-License-Identifier: GPL-2.0

//! Who gives a chain to C answers for what C does with it.

use notifier_chain::{
    atomic,
    Topic, //
};

pub enum Level {}

impl Topic for Level {
    type Data<'a> = u32;
}

pub fn head(chain: &atomic::Chain<Level>) -> *mut kernel::bindings::atomic_notifier_head {
    chain.head()
}
