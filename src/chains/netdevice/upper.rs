// SPDX-License-Identifier: GPL-2.0

//! Devices above others.

use super::Device;
use crate::bindings;

/// A device gets another one above it, or loses it: `struct netdev_notifier_changeupper_info`.
///
/// This is how a bond, a bridge or a VLAN is put on a device. RTNL is held as long as this lives.
#[derive(Clone, Copy, Debug)]
pub struct Upper<'a> {
    device: &'a Device,
    is_master: bool,
    is_linking: bool,
}

impl<'a> Upper<'a> {
    /// Returns the device above.
    #[inline]
    pub fn device(&self) -> &'a Device {
        self.device
    }

    /// Returns whether it is the one master that a device can have, such as a bond or a bridge. A
    /// VLAN is none.
    #[inline]
    pub fn is_master(&self) -> bool {
        self.is_master
    }

    /// Returns whether the lower device gets the upper one. Otherwise it loses it.
    #[inline]
    pub fn is_linking(&self) -> bool {
        self.is_linking
    }

    /// Takes what the network core passes.
    ///
    /// # Safety
    ///
    /// RTNL must be held for `'a`, and the structure be one that the core passes.
    #[inline]
    pub(super) unsafe fn from_raw(info: &bindings::netdev_notifier_changeupper_info) -> Self {
        Self {
            // SAFETY: By the safety requirements, this is a device, which RTNL keeps.
            device: unsafe { Device::from_raw(info.upper_dev) },
            is_master: info.master,
            is_linking: info.linking,
        }
    }
}
