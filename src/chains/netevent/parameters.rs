// SPDX-License-Identifier: GPL-2.0

//! The parameters of neighbours.

use core::fmt;

use kernel::{
    time::Delta,
    types::Opaque, //
};

use crate::{
    bindings,
    chains::netdevice::Device, //
};

/// What the user has set for the neighbours of a device: `struct neigh_parms`.
///
/// # Invariants
///
/// The parameters live, and are not released, as long as they are borrowed.
#[repr(transparent)]
pub struct Parameters(Opaque<bindings::neigh_parms>);

impl Parameters {
    /// Returns the device, or [`None`] if these are what a new device gets.
    #[inline]
    pub fn device(&self) -> Option<&Device> {
        // SAFETY: By the type invariants, the parameters live.
        let device = unsafe { bindings::notifier_chain_neigh_parms_device(self.0.get()) };
        if device.is_null() {
            return None;
        }
        // SAFETY: Parameters that are not released keep their device.
        Some(unsafe { Device::from_raw(device) })
    }

    /// Returns whether they are for IPv6, and not for IPv4.
    #[inline]
    pub fn is_ipv6(&self) -> bool {
        // SAFETY: By the type invariants, the parameters live.
        unsafe { bindings::notifier_chain_neigh_parms_is_ipv6(self.0.get()) }
    }

    /// Returns how long the kernel waits for a confirmation before it probes a neighbour that is in
    /// use: `DELAY_PROBE_TIME`.
    #[inline]
    pub fn delay_probe_time(&self) -> Delta {
        // SAFETY: By the type invariants, the parameters live.
        let time = unsafe { bindings::notifier_chain_neigh_parms_delay(self.0.get()) };
        Delta::from_millis(time.into())
    }

    /// Takes what C knows as parameters.
    ///
    /// # Safety
    ///
    /// `parameters` must point to some that live, and are not released, for `'a`.
    #[inline]
    pub(super) unsafe fn from_raw<'a>(parameters: *mut bindings::neigh_parms) -> &'a Self {
        // INVARIANT: By the safety requirements.
        // SAFETY: By the safety requirements. `Parameters` has the layout, and lets C change it.
        unsafe { &*parameters.cast() }
    }
}

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parameters")
            .field("is_ipv6", &self.is_ipv6())
            .field("delay_probe_time", &self.delay_probe_time())
            .field("device", &self.device())
            .finish()
    }
}
