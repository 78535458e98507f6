// SPDX-License-Identifier: GPL-2.0

//! Network devices.

use core::fmt;

use kernel::{
    bindings::net_device,
    prelude::*,
    types::Opaque, //
};

use super::{
    Address,
    Rtnl, //
};
use crate::bindings;

/// A network device: `struct net_device`.
///
/// The methods that take an [`Rtnl`] return what changes under RTNL only. The results of the others
/// may be out of date at once, unless RTNL is held.
///
/// # Invariants
///
/// The device lives as long as it is borrowed.
#[repr(transparent)]
pub struct Device(Opaque<net_device>);

impl Device {
    /// Returns the name, such as `eth0`: `netdev_name()`.
    ///
    /// It may be that of a device in another network namespace, too.
    #[inline]
    pub fn name<'a>(&'a self, _rtnl: &'a Rtnl) -> &'a CStr {
        // SAFETY: By the type invariants, the device lives. Its name is a null-terminated string
        // that changes under RTNL only, which this task holds for `'a`.
        unsafe { CStr::from_char_ptr(bindings::notifier_chain_netdev_name(self.as_ptr())) }
    }

    /// Returns the hardware address.
    #[inline]
    pub fn address(&self, _rtnl: &Rtnl) -> Address {
        // SAFETY: By the type invariants, the device lives, and `Address` is as long as is written.
        Address::copied(|to| unsafe {
            bindings::notifier_chain_netdev_address(self.as_ptr(), to.as_mut_ptr())
        })
    }

    /// Returns the number by which user space knows it, unique in its network namespace.
    #[inline]
    pub fn index(&self) -> c_int {
        // SAFETY: By the type invariants, the device lives.
        unsafe { bindings::notifier_chain_netdev_index(self.as_ptr()) }
    }

    /// Returns whether it has been brought up: `IFF_UP`.
    #[inline]
    pub fn is_up(&self) -> bool {
        // SAFETY: By the type invariants, the device lives.
        unsafe { bindings::notifier_chain_netdev_is_up(self.as_ptr()) }
    }

    /// Returns how many bytes a packet may have.
    #[inline]
    pub fn mtu(&self) -> c_uint {
        // SAFETY: By the type invariants, the device lives.
        unsafe { bindings::notifier_chain_netdev_mtu(self.as_ptr()) }
    }

    /// Returns the device that C knows. It lives as long as `self` is borrowed.
    #[inline]
    pub fn as_ptr(&self) -> *mut net_device {
        self.0.get()
    }

    /// Takes what C knows as a device.
    ///
    /// # Safety
    ///
    /// `device` must point to one that lives for `'a`.
    #[inline]
    pub(in crate::chains) unsafe fn from_raw<'a>(device: *mut net_device) -> &'a Self {
        // INVARIANT: By the safety requirements.
        // SAFETY: By the safety requirements. `Device` has the layout, and lets C change it.
        unsafe { &*device.cast() }
    }
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Device")
            .field("index", &self.index())
            .field("is_up", &self.is_up())
            .field("mtu", &self.mtu())
            .finish()
    }
}
