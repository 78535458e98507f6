// SPDX-License-Identifier: GPL-2.0

//! Measures this crate beside the C that it replaces, when it is loaded.
//!
//! A group of comparisons is a file in `groups/`, with what it needs of C in `c/`. What it gives to
//! [`rounds::compare()`] becomes a table of `cargo xtask bench`.

use kernel::prelude::*;

mod aim;
#[path = "../kunit/caller.rs"]
#[expect(dead_code)]
mod caller;
mod chains;
mod clock;
mod cpu;
mod groups;
mod handlers;
mod kind;
mod rounds;

module! {
    type: Bench,
    name: "notifier_chain_bench",
    authors: ["The notifier-chain developers"],
    description: "Measures the notifier chains for Rust beside those of C",
    license: "GPL",
}

struct Bench;

mod c {
    unsafe extern "C" {
        pub(super) safe fn rcu_expedite_gp();
        pub(super) safe fn rcu_unexpedite_gp();
    }
}

impl kernel::Module for Bench {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        clock::calibrate();
        // To unregister means to wait for a grace period, which is not what this is about.
        c::rcu_expedite_gp();
        let done = groups::run();
        c::rcu_unexpedite_gp();
        done.map(|()| Self)
    }
}
