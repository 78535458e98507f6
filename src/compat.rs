// SPDX-License-Identifier: GPL-2.0

//! What kernels before 7.3 lack, for drivers that also support 7.2.
//!
//! A driver for 7.3 only does without this module, and uses what the `kernel` crate has.
//!
//! `Makefile.driver` asks rustc what the `kernel` crate of the kernel has, and sets a `cfg` for
//! each, for the driver's own files, too. When 7.2 is dropped, this file and those `cfg`s go.

use core::borrow::Borrow;

use kernel::prelude::*;

use crate::bindings;

// Where the kernel has these types, the library says what a handler may do with them.
const _: () = assert!(
    cfg!(all(
        kernel_has_interrupt,
        kernel_has_spin_lock_irq,
        kernel_has_srcu
    )) || bindings::LINUX_VERSION_CODE < 0x07_03_00,
    "a type that kernels have from 7.3 on was not found"
);

#[cfg(kernel_has_interrupt)]
pub use kernel::interrupt::LocalInterruptDisabled;

/// The proof that interrupts are off on this CPU: `kernel::interrupt::LocalInterruptDisabled` of
/// 7.3, as far as a handler needs it.
///
/// That of 7.3 also has lockdep check what is assumed, and only speaks of preemptible kernels.
///
/// # Invariants
///
/// Interrupts are off on this CPU as long as a reference to it lives.
#[cfg(not(kernel_has_interrupt))]
pub struct LocalInterruptDisabled(kernel::types::NotThreadSafe);

#[cfg(not(kernel_has_interrupt))]
impl LocalInterruptDisabled {
    /// Assumes that interrupts are off.
    ///
    /// # Safety
    ///
    /// Interrupts must be off on this CPU for the whole life `'a`.
    #[inline]
    pub unsafe fn assume_disabled<'a>() -> &'a Self {
        // INVARIANT: By the safety requirements.
        const ASSUMED: &LocalInterruptDisabled =
            &LocalInterruptDisabled(kernel::types::NotThreadSafe);
        ASSUMED
    }
}

/// `kernel::error::code::EDEADLK` of 7.3.
#[inline]
pub(crate) fn deadlock() -> Error {
    Error::from_errno(-(kernel::bindings::EDEADLK as c_int))
}

/// Returns the value of a module's parameter, which `value()` lends before 7.3 and copies from 7.3
/// on.
///
/// # Examples
///
/// ```
/// # use notifier_chain::compat::parameter;
/// let lent: &u16 = &6666;
/// let (before, since): (u16, u16) = (parameter(lent), parameter(6666));
/// assert_eq!(before, since);
/// ```
#[inline]
pub fn parameter<T: Copy>(value: impl Borrow<T>) -> T {
    *value.borrow()
}
