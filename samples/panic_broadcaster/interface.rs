// SPDX-License-Identifier: GPL-2.0

//! A network interface, taken while all is well, and ready to send when nothing is.
//!
//! C headers: [`include/linux/netdevice.h`](srctree/include/linux/netdevice.h),
//! [`include/linux/netpoll.h`](srctree/include/linux/netpoll.h)

use core::ptr::NonNull;

use kernel::{
    bindings::{
        net_device,
        sk_buff,
        EOPNOTSUPP,
        ETH_HLEN, //
    },
    error::to_result,
    ffi::c_int,
    prelude::*,
    types::Opaque, //
};
use notifier_chain::{
    chains::netdevice::{
        Device,
        Rtnl, //
    },
    compat::LocalInterruptDisabled,
    context::Sleepable, //
};
use panic_wire::{
    frame,
    MAX_PAYLOAD, //
};

use crate::{
    bindings,
    budget::Budget, //
};

/// What IPv4 and UDP take of the MTU.
const IP_OVERHEAD: usize = frame::LEN - ETH_HLEN as usize;

/// What a frame must have room for: the fields of a record, and some of its text.
const MIN_PAYLOAD: usize = 128;

/// How many packets there are to send with: as many as the transmit ring of most devices takes
/// before it needs to be looked after. One that has been sent is filled again.
const PACKETS: usize = 256;

/// How long the device may take to give a packet back: then it is taken for dead.
const PATIENCE_US: u32 = 100_000;

/// How long to wait before the device is asked again.
const POLL_US: u32 = 50;

/// After how long it is asked in every way that there is. Most drivers need but one.
const INSIST_US: u32 = 1_000;

/// Why an interface cannot be taken.
pub(crate) struct Refusal {
    /// What `insmod` fails with.
    pub(crate) error: Error,
    /// What the log says.
    pub(crate) reason: &'static str,
}

/// `EOPNOTSUPP`, for which kernels before 7.3 have no constant.
fn eopnotsupp() -> Error {
    Error::from_errno(-(EOPNOTSUPP as c_int))
}

const fn refuse<T>(error: Error, reason: &'static str) -> Result<T, Refusal> {
    Err(Refusal { error, reason })
}

/// A network interface that is ours to send on.
///
/// Dropping one that has not been [released](Self::release) takes RTNL.
///
/// # Invariants
///
/// - If `netpoll` is not [`None`], it is set up on `device`, to which it holds a reference.
/// - `packets` were allocated for frames of `max_payload` on `device`.
pub(crate) struct Interface {
    device: NonNull<net_device>,
    netpoll: Option<KBox<Opaque<bindings::netpoll>>>,
    header: frame::Header,
    packets: KVec<Packet>,
    /// The packet to fill next, and the number of the frame.
    next: usize,
    ident: u16,
    max_payload: usize,
}

// SAFETY: Nothing in it is bound to a task. The device is used under the rules of the network core:
// taken and given back under RTNL, and sent on with interrupts off.
unsafe impl Send for Interface {}

impl Interface {
    /// Takes `device`, and brings it up if it is down. May sleep.
    ///
    /// `source` is the address to send from. If it is [`None`], that is the interface's own, or
    /// 0.0.0.0 if it has none.
    pub(crate) fn take(
        rtnl: &Rtnl,
        device: &Device,
        source: Option<[u8; 4]>,
        port: u16,
    ) -> Result<Self, Refusal> {
        let dev = device.as_ptr();

        // SAFETY: Here and below, the device lives as long as it is borrowed.
        if !unsafe { bindings::panic_broadcaster_has_netpoll(dev) } {
            return refuse(eopnotsupp(), "the device does not support netpoll");
        }
        // SAFETY: As above.
        if !unsafe { bindings::panic_broadcaster_is_ethernet(dev) } {
            return refuse(eopnotsupp(), "not an Ethernet device");
        }
        // SAFETY: As above.
        if !unsafe { bindings::panic_broadcaster_shares_packets(dev) } {
            return refuse(
                eopnotsupp(),
                "the device changes or frees packets itself; use the one below it",
            );
        }
        // SAFETY: As above.
        if unsafe { bindings::panic_broadcaster_is_lower(dev) } {
            return refuse(EBUSY, "the device belongs to a bond, a bridge or the like");
        }

        let Ok(mac) = device.address(rtnl).as_bytes().try_into() else {
            return refuse(eopnotsupp(), "the hardware address does not have 6 bytes");
        };

        let mut this = match Self::allocate(rtnl, device, mac, source, port) {
            Ok(this) => this,
            Err(error) if error == EMSGSIZE => return refuse(error, "the MTU is too small"),
            Err(error) => return refuse(error, "no memory for the packets"),
        };

        if !device.is_up() {
            // SAFETY: As above.
            if let Err(error) = to_result(unsafe { bindings::dev_open(dev, core::ptr::null_mut()) })
            {
                return refuse(error, "cannot be brought up");
            }
        }

        match Self::set_up_netpoll(rtnl, device) {
            // INVARIANT: It has just been set up.
            Ok(netpoll) => this.netpoll = Some(netpoll),
            Err(error) => return refuse(error, "netpoll cannot be set up"),
        }
        Ok(this)
    }

    fn allocate(
        _rtnl: &Rtnl,
        device: &Device,
        mac: [u8; 6],
        source: Option<[u8; 4]>,
        to_port: u16,
    ) -> Result<Self> {
        let mut ip = [0; 4];
        // SAFETY: The device lives, RTNL is held, and the array is as long as is written.
        unsafe { bindings::panic_broadcaster_ip(device.as_ptr(), ip.as_mut_ptr()) };

        let max_payload = usize::try_from(device.mtu())?
            .saturating_sub(IP_OVERHEAD)
            .min(MAX_PAYLOAD);
        if max_payload < MIN_PAYLOAD {
            return Err(EMSGSIZE);
        }

        let mut packets = KVec::with_capacity(PACKETS, GFP_KERNEL)?;
        for _ in 0..PACKETS {
            packets.push_within_capacity(Packet::new(device, frame::LEN + max_payload)?)?;
        }

        Ok(Self {
            device: NonNull::from(device).cast(),
            netpoll: None,
            header: frame::Header::broadcast(frame::Source {
                mac,
                ip: source.unwrap_or(ip),
                port: to_port,
                to_port,
            }),
            packets,
            next: 0,
            ident: 0,
            max_payload,
        })
    }

    fn set_up_netpoll(_rtnl: &Rtnl, device: &Device) -> Result<KBox<Opaque<bindings::netpoll>>> {
        let netpoll = KBox::new(Opaque::new(bindings::netpoll::default()), GFP_KERNEL)?;

        // SAFETY: RTNL is held, the device lives, and `netpoll` is zeroed memory that stays where
        // it is until `give_back()` has undone this.
        to_result(unsafe {
            bindings::panic_broadcaster_netpoll_setup(netpoll.get(), device.as_ptr())
        })?;
        Ok(netpoll)
    }

    /// Gives the device back. May sleep.
    pub(crate) fn release(mut self, rtnl: &Rtnl) {
        self.give_back(rtnl);
    }

    fn give_back(&mut self, _rtnl: &Rtnl) {
        if let Some(netpoll) = self.netpoll.take() {
            // SAFETY: RTNL is held, and by the type invariants netpoll is set up.
            unsafe { bindings::do_netpoll_cleanup(netpoll.get()) };
        }
    }

    /// Returns whether this is `device`.
    pub(crate) fn is(&self, device: &Device) -> bool {
        self.device.as_ptr() == device.as_ptr()
    }

    /// Returns whether the device has a link to send on.
    pub(crate) fn has_carrier(&self) -> bool {
        if self.netpoll.is_none() {
            return false;
        }
        // SAFETY: By the type invariants, there is a reference to the device.
        unsafe { bindings::panic_broadcaster_has_carrier(self.device.as_ptr()) }
    }

    /// Returns how many bytes of payload a frame may have: at most [`MAX_PAYLOAD`].
    pub(crate) fn max_payload(&self) -> usize {
        self.max_payload
    }

    /// Broadcasts `payload`. Neither allocates nor waits for anybody but the device.
    ///
    /// # Errors
    ///
    /// - `EMSGSIZE` if `payload` is longer than [`Self::max_payload`].
    /// - `ENODEV` if the device has been given back.
    /// - `EBUSY` if somebody who will never go on holds the device.
    /// - `ETIMEDOUT` if the device did not take it, or `budget` is spent.
    pub(crate) fn send(
        &mut self,
        irqs_off: &LocalInterruptDisabled,
        budget: &mut Budget,
        payload: &[u8],
    ) -> Result {
        if payload.len() > self.max_payload {
            return Err(EMSGSIZE);
        }
        let header = self
            .header
            .for_payload(self.ident, payload.len())
            .ok_or(EMSGSIZE)?;

        self.poll_until(irqs_off, budget, |this| {
            this.packets.get(this.next).is_some_and(|packet| {
                // SAFETY: `poll_until()` has seen that netpoll has a reference to the device, and
                // by the type invariants the packet has room for `max_payload`, which is enough.
                packet.is_back() && unsafe { packet.send(irqs_off, this.device, &header, payload) }
            })
        })?;

        self.ident = self.ident.wrapping_add(1);
        self.next = self.next.wrapping_add(1);
        if self.next >= self.packets.len() {
            self.next = 0;
        }
        Ok(())
    }

    /// Waits until everything that was sent has left the device.
    ///
    /// # Errors
    ///
    /// - `ENODEV` if the device has been given back.
    /// - `EBUSY` if somebody who will never go on holds the device.
    /// - `ETIMEDOUT` if the device still has something, or `budget` is spent.
    pub(crate) fn drain(
        &mut self,
        irqs_off: &LocalInterruptDisabled,
        budget: &mut Budget,
    ) -> Result {
        let len = self.packets.len();

        // The oldest first, and the same patience for each: a slow device is not a dead one.
        for age in 0..len {
            let mut index = self.next.wrapping_add(age);
            if index >= len {
                index = index.wrapping_sub(len);
            }
            self.poll_until(irqs_off, budget, |this| {
                this.packets.get(index).is_some_and(Packet::is_back)
            })?;
        }
        Ok(())
    }

    /// Lets the device work until `done`. Calls it only while the device is ours.
    fn poll_until(
        &mut self,
        _irqs_off: &LocalInterruptDisabled,
        budget: &mut Budget,
        mut done: impl FnMut(&Self) -> bool,
    ) -> Result {
        if self.netpoll.is_none() {
            return Err(ENODEV);
        }
        for round in 0..PATIENCE_US / POLL_US {
            let all = round >= INSIST_US / POLL_US;
            if !budget.is_left() {
                break;
            }
            if done(self) {
                return Ok(());
            }
            // SAFETY: The device lives, since by the type invariants netpoll has a reference.
            if !unsafe { bindings::panic_broadcaster_poll(self.device.as_ptr(), all) } {
                return Err(EBUSY);
            }
            budget.wait(POLL_US);
        }
        Err(ETIMEDOUT)
    }
}

impl Drop for Interface {
    fn drop(&mut self) {
        if self.netpoll.is_some() {
            Rtnl::with(Sleepable::might_sleep(), |rtnl| self.give_back(rtnl));
        }
    }
}

/// A buffer for one frame.
///
/// # Invariants
///
/// The pointer is to a packet from `panic_broadcaster_packet_alloc()`, and we hold a reference.
struct Packet(NonNull<sk_buff>);

impl Packet {
    /// Allocates a packet for frames of up to `len` bytes on `device`.
    fn new(device: &Device, len: usize) -> Result<Self> {
        let len = u32::try_from(len)?;

        // SAFETY: The device lives as long as it is borrowed.
        let packet = unsafe { bindings::panic_broadcaster_packet_alloc(device.as_ptr(), len) };

        // INVARIANT: Its one reference is ours.
        Ok(Self(NonNull::new(packet).ok_or(ENOMEM)?))
    }

    /// Returns whether nobody but us has it, so that it may be filled.
    fn is_back(&self) -> bool {
        // SAFETY: By the type invariant, the pointer is valid.
        unsafe { bindings::panic_broadcaster_packet_is_back(self.0.as_ptr()) }
    }

    /// Fills it and gives it to the device, which has it until it is back. Returns whether the
    /// device took it.
    ///
    /// # Safety
    ///
    /// - `device` must point to a live device, the one that the packet was allocated for.
    /// - The packet must be back, and have room for `header` and `payload`.
    unsafe fn send(
        &self,
        _irqs_off: &LocalInterruptDisabled,
        device: NonNull<net_device>,
        header: &[u8; frame::LEN],
        payload: &[u8],
    ) -> bool {
        let Ok(len) = u32::try_from(payload.len()) else {
            return false;
        };

        // SAFETY: By the type invariant, the packet is valid. The rest are the safety requirements;
        // both slices are as long as is said, or as the C function knows.
        unsafe {
            bindings::panic_broadcaster_packet_send(
                device.as_ptr(),
                self.0.as_ptr(),
                header.as_ptr(),
                payload.as_ptr(),
                len,
            )
        }
    }
}

impl Drop for Packet {
    fn drop(&mut self) {
        // SAFETY: By the type invariant, there is a reference to give back. If the device has one
        // too, it frees the packet when it is done with it.
        unsafe { bindings::panic_broadcaster_packet_free(self.0.as_ptr()) };
    }
}
