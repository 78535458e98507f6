// SPDX-License-Identifier: GPL-2.0

//! Who changes what is in the lock has it alone, and the chain cannot be called meanwhile.

use kernel::{
    prelude::*,
    sync::Mutex, //
};
use notifier_chain::{
    raw, //
};

fn change(_chain: Pin<&mut raw::Chain<u32>>) {}

pub fn call(chain: &Mutex<raw::Chain<u32>>) {
    let mut guard = chain.lock();
    let exclusive = guard.as_mut();
    guard.call(&1);
    change(exclusive);
}
