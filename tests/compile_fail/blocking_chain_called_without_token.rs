// SPDX-License-Identifier: GPL-2.0

//! Who calls a blocking chain proves that the code may sleep.

use notifier_chain::{
    blocking,
    Verdict, //
};

pub fn call(chain: &blocking::Chain<u32>) -> Verdict {
    chain.call(&1)
}
