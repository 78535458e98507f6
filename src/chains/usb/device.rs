// SPDX-License-Identifier: GPL-2.0

//! USB devices.

use core::fmt;

use kernel::{
    bindings,
    device,
    types::Opaque, //
};

use super::Bus;

/// A USB device: `struct usb_device`.
///
/// # Invariants
///
/// The device lives, and its own lock is held, as long as it is borrowed.
#[repr(transparent)]
pub struct Device(Opaque<bindings::usb_device>);

impl Device {
    /// Returns the number of the vendor: `idVendor` of the device's descriptor.
    #[inline]
    pub fn vendor(&self) -> u16 {
        // SAFETY: By the type invariants, the device lives, and its descriptor does not change.
        u16::from_le(unsafe { (*self.as_ptr()).descriptor.idVendor })
    }

    /// Returns the vendor's number of the product: `idProduct` of the device's descriptor.
    #[inline]
    pub fn product(&self) -> u16 {
        // SAFETY: By the type invariants, the device lives, and its descriptor does not change.
        u16::from_le(unsafe { (*self.as_ptr()).descriptor.idProduct })
    }

    /// Returns the bus that it is on.
    #[inline]
    pub fn bus(&self) -> &Bus {
        // INVARIANT: A device holds a reference to its bus, and its controller is not unbound
        // before the device is removed.
        // SAFETY: By the type invariants, the device lives. `Bus` has the layout of its bus, and
        // lets C change it.
        unsafe { &*(*self.as_ptr()).bus.cast::<Bus>() }
    }

    /// Returns the device that C knows. It lives as long as `self` is borrowed.
    #[inline]
    pub fn as_ptr(&self) -> *mut bindings::usb_device {
        self.0.get()
    }
}

impl AsRef<device::Device> for Device {
    #[inline]
    fn as_ref(&self) -> &device::Device {
        // SAFETY: By the type invariants, the device lives as long as `self` is borrowed.
        unsafe { device::Device::from_raw(&raw mut (*self.as_ptr()).dev) }
    }
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Device")
            .field("name", &self.as_ref().name())
            .field("vendor", &self.vendor())
            .field("product", &self.product())
            .finish()
    }
}
