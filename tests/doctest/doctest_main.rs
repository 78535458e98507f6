// SPDX-License-Identifier: GPL-2.0

//! The examples in the documentation of a crate, each of them a KUnit test: they run when this
//! module is loaded.

use kernel::prelude::*;

#[allow(unused_macros)]
#[macro_use]
mod assert;
mod failure;

module! {
    type: Examples,
    name: "notifier_chain_doctest",
    authors: ["The notifier-chain developers"],
    description: "The examples in the documentation of the notifier chains for Rust",
    license: "GPL",
}

struct Examples;

impl kernel::Module for Examples {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        Ok(Self)
    }
}

// A module for each example, and the list of those that run.
include!(concat!(
    env!("NOTIFIER_CHAIN_OBJ"),
    "/examples_generated.rs"
));

kernel::kunit_unsafe_test_suite!(notifier_chain_doctest, CASES);
