// SPDX-License-Identifier: GPL-2.0

//! Who gives a chain to C answers for what C does with it.

use notifier_chain::{
    atomic, //
};

pub fn head(chain: &atomic::Chain<u32>) -> *mut kernel::bindings::atomic_notifier_head {
    chain.head()
}
