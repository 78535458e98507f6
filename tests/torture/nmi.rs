// SPDX-License-Identifier: GPL-2.0

//! NMI context.

use kernel::{
    bindings::pt_regs,
    error::to_result,
    prelude::*, //
};
use notifier_chain::chains::die;

use crate::event::Event;

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
        pub(super) safe fn notifier_chain_torture_int3(data: *const c_void);
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

/// Runs into a breakpoint, which the kernel tells the die chain of, in a context like that of an
/// NMI. Somebody must be there who settles it.
pub(crate) fn int3(event: &Event) {
    c::notifier_chain_torture_int3((&raw const *event).cast());
}

/// Returns what was given to [`int3()`], if `trap` is a breakpoint in the kernel.
pub(crate) fn event_of<'a>(trap: &'a die::Event<'_>) -> Option<&'a Event> {
    let registers = trap.registers()?;
    if trap.kind() != die::Kind::Int3 || registers.is_user_mode() {
        return None;
    }
    let registers = (&raw const *registers).cast::<pt_regs>();
    // SAFETY: A reference to `Registers` is one to `struct pt_regs`. There is no breakpoint in this
    // kernel but that of `int3()`, which returns after `trap` is over.
    unsafe { ((*registers).di as *const Event).as_ref() }
}
