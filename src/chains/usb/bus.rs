// SPDX-License-Identifier: GPL-2.0

//! USB buses.

use core::fmt;

use kernel::{
    bindings,
    device,
    prelude::*,
    types::Opaque, //
};

/// A USB bus: `struct usb_bus`.
///
/// # Invariants
///
/// The bus and its controller live as long as it is borrowed.
#[repr(transparent)]
pub struct Bus(Opaque<bindings::usb_bus>);

impl Bus {
    /// Returns the number that it has, or had until it was removed.
    #[inline]
    pub fn number(&self) -> c_int {
        // SAFETY: By the type invariants, the bus lives. Its number is written before it is told.
        unsafe { (*self.as_ptr()).busnum }
    }

    /// Returns the controller, such as a PCI device.
    #[inline]
    pub fn controller(&self) -> &device::Device {
        // SAFETY: By the type invariants, the bus and its controller live as long as `self` is
        // borrowed. A bus has a controller from its allocation on.
        unsafe { device::Device::from_raw((*self.as_ptr()).controller) }
    }

    /// Returns the bus that C knows. It lives as long as `self` is borrowed.
    #[inline]
    pub fn as_ptr(&self) -> *mut bindings::usb_bus {
        self.0.get()
    }
}

impl fmt::Debug for Bus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bus")
            .field("number", &self.number())
            .field("controller", &self.controller().name())
            .finish()
    }
}
