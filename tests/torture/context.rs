// SPDX-License-Identifier: GPL-2.0

//! Where code runs.

mod c {
    unsafe extern "C" {
        pub(super) safe fn notifier_chain_torture_context() -> super::Context;
    }
}

/// `enum notifier_chain_torture_context`.
#[derive(Clone, Copy)]
#[repr(C)]
#[expect(dead_code, reason = "they come from C")]
pub(crate) enum Context {
    Task,
    Softirq,
    Hardirq,
    Nmi,
}

impl Context {
    /// Returns where the caller runs.
    pub(crate) fn here() -> Self {
        c::notifier_chain_torture_context()
    }
}
