// SPDX-License-Identifier: GPL-2.0

//! NMI context.

use kernel::{
    error::to_result,
    prelude::*, //
};

mod c {
    use kernel::prelude::*;

    unsafe extern "C" {
        pub(super) safe fn notifier_chain_torture_nmi_enable() -> c_int;
        pub(super) safe fn notifier_chain_torture_nmi_disable();
        pub(super) fn notifier_chain_torture_nmi_run(
            nth: c_uint,
            run: unsafe extern "C" fn(*mut c_void),
            data: *mut c_void,
        );
    }
}

/// The way into NMI context. There is one.
pub(crate) struct Nmi(());

impl Nmi {
    pub(crate) fn enable() -> Result<Self> {
        to_result(c::notifier_chain_torture_nmi_enable())?;
        Ok(Self(()))
    }

    /// Does `what` on the `nth` CPU, or on the first if there are fewer, whatever that is at, and
    /// waits for it.
    pub(crate) fn run<F: Fn() + Sync>(&self, nth: u32, what: &F) {
        // SAFETY: `data` points to an `F`, which may be used on another CPU, and is waited for.
        unsafe {
            c::notifier_chain_torture_nmi_run(nth, run::<F>, (&raw const *what).cast_mut().cast())
        };
    }
}

impl Drop for Nmi {
    fn drop(&mut self) {
        c::notifier_chain_torture_nmi_disable();
    }
}

/// Does it.
///
/// # Safety
///
/// `what` must point to an `F`.
unsafe extern "C" fn run<F: Fn()>(what: *mut c_void) {
    // SAFETY: By the safety requirements.
    let what = unsafe { &*what.cast::<F>() };
    what();
}
