// SPDX-License-Identifier: GPL-2.0

//! RTNL, the lock of all network configuration.

use kernel::types::NotThreadSafe;

use crate::{
    bindings,
    context::Sleepable, //
};

/// The proof that RTNL is held: the lock of all network configuration.
///
/// A handler that runs under RTNL gets it from its event. Other code takes RTNL with
/// [`with()`](Self::with).
///
/// # Invariants
///
/// The task holds RTNL as long as this is borrowed.
pub struct Rtnl(NotThreadSafe);

impl Rtnl {
    /// Calls `f` with RTNL held: `rtnl_lock()`, `rtnl_unlock()`.
    ///
    /// Where RTNL is held already, as in a handler on the [network device chain](super), this waits
    /// for itself.
    ///
    /// # Examples
    ///
    /// ```
    /// # use notifier_chain::{chains::netdevice::{Namespace, Rtnl}, context::Sleepable};
    /// let index = Rtnl::with(Sleepable::might_sleep(), |rtnl| {
    ///     let device = Namespace::initial().device(c"lo", rtnl)?;
    ///     Some(device.index())
    /// });
    /// assert_eq!(index, Some(1));
    /// ```
    pub fn with<R>(_cx: Sleepable<'_>, f: impl FnOnce(&Self) -> R) -> R {
        // SAFETY: It takes a mutex, as safe code may anywhere. RTNL is unlocked below: nothing
        // between returns early.
        unsafe { bindings::rtnl_lock() };
        // INVARIANT: It has just been locked, and `f` cannot keep what it borrows.
        let result = f(&Self(NotThreadSafe));
        // SAFETY: It was locked above, by this task.
        unsafe { bindings::rtnl_unlock() };
        result
    }

    /// Makes the proof.
    ///
    /// # Safety
    ///
    /// This task must hold RTNL for `'a`.
    #[inline]
    pub(in crate::chains) unsafe fn held<'a>() -> &'a Self {
        // INVARIANT: By the safety requirements.
        &Self(NotThreadSafe)
    }
}
