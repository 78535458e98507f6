// SPDX-License-Identifier: GPL-2.0

//! A raw chain in a lock is called by whoever holds the lock.

use kernel::sync::Mutex;
use notifier_chain::{
    raw,
    Verdict, //
};

pub fn call(chain: &Mutex<raw::Chain<u32>>) -> Verdict {
    chain.call(&1)
}
