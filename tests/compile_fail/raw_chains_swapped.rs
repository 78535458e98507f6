// SPDX-License-Identifier: GPL-2.0

//! A raw chain stays in its lock: registrations find it there.

use kernel::sync::Mutex;
use notifier_chain::{
    raw, //
};

pub fn swap(one: &Mutex<raw::Chain<u32>>, two: &Mutex<raw::Chain<u32>>) {
    core::mem::swap(&mut *one.lock(), &mut *two.lock());
}
