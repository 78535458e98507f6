// SPDX-License-Identifier: GPL-2.0

//! The KUnit tests of the library: they run when this module is loaded.

use kernel::prelude::*;

mod chain;
mod context;
mod outcome;
mod registration;
mod try_lock;

module! {
    type: Tests,
    name: "notifier_chain_kunit",
    authors: ["The notifier-chain developers"],
    description: "KUnit tests of the notifier chains for Rust",
    license: "GPL",
}

struct Tests;

impl kernel::Module for Tests {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        Ok(Self)
    }
}
