// SPDX-License-Identifier: GPL-2.0

//! Neighbours.

use core::{
    fmt,
    net::{
        IpAddr,
        Ipv4Addr,
        Ipv6Addr, //
    },
};

use kernel::{
    prelude::*,
    types::Opaque, //
};

use crate::{
    bindings,
    chains::netdevice::{
        Address,
        Device, //
    },
};

kernel_enum! {
    /// The state of a neighbour: how sure the kernel is of its hardware address.
    pub enum State {
        /// The kernel knows no address, and has not asked for it: `NUD_NONE`.
        None = bindings::NUD_NONE,
        /// The kernel knows no address, and asks for it: `NUD_INCOMPLETE`.
        Incomplete = bindings::NUD_INCOMPLETE,
        /// The address was confirmed lately: `NUD_REACHABLE`.
        Reachable = bindings::NUD_REACHABLE,
        /// The address was not confirmed lately: `NUD_STALE`.
        Stale = bindings::NUD_STALE,
        /// The same, and the address is in use. The kernel waits for a confirmation: `NUD_DELAY`.
        Delay = bindings::NUD_DELAY,
        /// The same, and the kernel asks whether the address is right: `NUD_PROBE`.
        Probe = bindings::NUD_PROBE,
        /// The neighbour does not answer: `NUD_FAILED`.
        Failed = bindings::NUD_FAILED,
        /// The device needs no addresses: `NUD_NOARP`.
        NoArp = bindings::NUD_NOARP,
        /// The user has set the address: `NUD_PERMANENT`.
        Permanent = bindings::NUD_PERMANENT,
    }
}

impl State {
    /// Returns whether packets can be sent to the hardware address: `NUD_VALID`.
    #[inline]
    pub fn is_valid(self) -> bool {
        !matches!(
            self,
            Self::None | Self::Incomplete | Self::Failed | Self::Other(_)
        )
    }
}

/// A neighbour, which is another machine on the network of a device: `struct neighbour`.
///
/// It may change at any time, also between two calls of these methods.
///
/// # Invariants
///
/// The neighbour lives as long as it is borrowed.
#[repr(transparent)]
pub struct Neighbour(Opaque<bindings::neighbour>);

impl Neighbour {
    /// Returns its IP address, or [`None`] if it has an address of another protocol.
    #[inline]
    pub fn ip(&self) -> Option<IpAddr> {
        let mut octets = [0; 16];
        // SAFETY: By the type invariants, the neighbour lives, and so does its address, which does
        // not change. No more than these octets are written.
        match unsafe { bindings::notifier_chain_neigh_ip(self.0.get(), octets.as_mut_ptr()) } {
            4 => {
                let [a, b, c, d, ..] = octets;
                Some(Ipv4Addr::new(a, b, c, d).into())
            }
            16 => Some(Ipv6Addr::from(octets).into()),
            _ => None,
        }
    }

    /// Returns its hardware address. It only counts if the [state](Self::state) is
    /// [valid](State::is_valid).
    #[inline]
    pub fn address(&self) -> Address {
        // SAFETY: By the type invariants, the neighbour lives. `Address` is as long as is written.
        Address::copied(|to| unsafe {
            bindings::notifier_chain_neigh_address(self.0.get(), to.as_mut_ptr())
        })
    }

    /// Returns the state: `nud_state`.
    #[inline]
    pub fn state(&self) -> State {
        // SAFETY: By the type invariants, the neighbour lives.
        let state = unsafe { bindings::notifier_chain_neigh_state(self.0.get()) };
        State::from_raw(state.into())
    }

    /// Returns whether it is being removed, and will not change any more.
    #[inline]
    pub fn is_dead(&self) -> bool {
        // SAFETY: By the type invariants, the neighbour lives.
        unsafe { bindings::notifier_chain_neigh_is_dead(self.0.get()) }
    }

    /// Returns the device on whose network it is.
    #[inline]
    pub fn device(&self) -> &Device {
        // SAFETY: By the type invariants, the neighbour lives, and keeps its device.
        unsafe { Device::from_raw(bindings::notifier_chain_neigh_device(self.0.get())) }
    }

    /// Takes what C knows as a neighbour.
    ///
    /// # Safety
    ///
    /// `neighbour` must point to one that lives for `'a`.
    #[inline]
    pub(super) unsafe fn from_raw<'a>(neighbour: *mut bindings::neighbour) -> &'a Self {
        // INVARIANT: By the safety requirements.
        // SAFETY: By the safety requirements. `Neighbour` has the layout, and lets C change it.
        unsafe { &*neighbour.cast() }
    }
}

impl fmt::Debug for Neighbour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Neighbour")
            .field("ip", &self.ip())
            .field("address", &self.address())
            .field("state", &self.state())
            .field("is_dead", &self.is_dead())
            .field("device", self.device())
            .finish()
    }
}
