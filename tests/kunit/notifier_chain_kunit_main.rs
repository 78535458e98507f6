// SPDX-License-Identifier: GPL-2.0

//! The KUnit tests of the library: they run when this module is loaded.

use kernel::prelude::*;

mod caller;
mod chain;
mod chains;
mod context;
mod ensure;
mod journal;
mod kind;
mod kinds;
mod notify_return;
mod random;
mod recorder;
mod reference;
mod registration;
mod suites;
#[cfg(CONFIG_TRACEPOINTS)]
mod tracepoints;
mod try_lock;

module! {
    type: Tests,
    name: "notifier_chain_kunit",
    authors: ["The notifier-chain developers"],
    description: "KUnit tests of the notifier chains for Rust",
    license: "GPL",
}

/// Shortens RCU's grace periods while the tests run.
///
/// To unregister means to wait for one, and the tests do it many thousand times. How long it takes
/// is not what they are about.
struct Tests;

mod c {
    unsafe extern "C" {
        pub(super) safe fn rcu_expedite_gp();
        pub(super) safe fn rcu_unexpedite_gp();
    }
}

impl kernel::Module for Tests {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        c::rcu_expedite_gp();
        Ok(Self)
    }
}

impl Drop for Tests {
    fn drop(&mut self) {
        c::rcu_unexpedite_gp();
    }
}
