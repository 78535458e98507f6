// SPDX-License-Identifier: GPL-2.0

//! Network namespaces.

use core::fmt;

use kernel::{
    bindings::net,
    prelude::*,
    types::Opaque, //
};

use super::{
    Device,
    Rtnl, //
};
use crate::bindings;

/// A network namespace: `struct net`.
///
/// # Invariants
///
/// The namespace lives as long as it is borrowed.
#[repr(transparent)]
pub struct Namespace(Opaque<net>);

impl Namespace {
    /// Returns that of the host, in which the machine boots: `init_net`.
    #[inline]
    pub fn initial() -> &'static Self {
        // SAFETY: This one is a static of the kernel's.
        unsafe { Self::from_raw(bindings::notifier_chain_netdev_init_net()) }
    }

    /// Returns whether this is that of the host. Containers have others.
    #[inline]
    pub fn is_initial(&self) -> bool {
        core::ptr::eq(self, Self::initial())
    }

    /// Returns the device called `name`, if there is one: `__dev_get_by_name()`.
    #[inline]
    pub fn device<'a>(&self, name: &CStr, _rtnl: &'a Rtnl) -> Option<&'a Device> {
        // SAFETY: RTNL is held, by the type invariants the namespace lives, and `name` is a
        // null-terminated string.
        let device = unsafe { bindings::__dev_get_by_name(self.0.get(), name.as_char_ptr()) };
        if device.is_null() {
            return None;
        }
        // SAFETY: A device that has a name there is not freed as long as RTNL is held.
        Some(unsafe { Device::from_raw(device) })
    }

    /// Takes what C knows as a namespace.
    ///
    /// # Safety
    ///
    /// `namespace` must point to one that lives for `'a`.
    #[inline]
    pub(in crate::chains) unsafe fn from_raw<'a>(namespace: *mut net) -> &'a Self {
        // INVARIANT: By the safety requirements.
        // SAFETY: By the safety requirements. `Namespace` has the layout, and lets C change it.
        unsafe { &*namespace.cast() }
    }
}

impl fmt::Debug for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Namespace")
            .field("is_initial", &self.is_initial())
            .finish()
    }
}
