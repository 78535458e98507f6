// SPDX-License-Identifier: GPL-2.0

//! Who calls a blocking chain proves that the code may sleep.

use notifier_chain::{
    blocking,
    NotifyReturn,
    Topic, //
};

pub enum Level {}

impl Topic for Level {
    type Data<'a> = u32;
}

pub fn call(chain: &blocking::Chain<Level>) -> NotifyReturn {
    chain.call(0, &1)
}
