// SPDX-License-Identifier: GPL-2.0

//! An atomic chain may change between event and roll-back: it has no way back.

use notifier_chain::{
    atomic,
    Verdict, //
};

pub fn call(chain: &atomic::Chain<u32>) -> Verdict {
    chain.call_robust(&1, &0)
}
