// SPDX-License-Identifier: GPL-2.0

//! An atomic chain may change between event and roll-back: it has no way back.

use notifier_chain::{
    atomic,
    NotifyReturn,
    Topic, //
};

pub enum Level {}

impl Topic for Level {
    type Data<'a> = u32;
}

pub fn call(chain: &atomic::Chain<Level>) -> NotifyReturn {
    chain.call_robust(1, 0, &7)
}
