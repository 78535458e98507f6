// SPDX-License-Identifier: GPL-2.0

//! The IPv4 address chain: network devices get IPv4 addresses, and lose them.
//!
//! A blocking chain, called with RTNL held. A handler may sleep. It must not take RTNL, which is
//! held. In some events, the device's own lock is held, too.
//!
//! The kernel calls it after it has added an address to a device, and after it has removed one. It
//! removes the addresses of a device one by one before the device goes away, or moves to another
//! network namespace. A device that is taken down keeps its addresses.
//!
//! When the first address of a subnet is removed, the kernel first removes the other addresses of
//! that subnet. With the setting `promote_secondaries`, one of them becomes the first instead. The
//! kernel announces that one as [`Action::Up`] a second time.
//!
//! An answer cannot refuse the change, which has happened. The kernel ignores it, but a handler
//! that stops the walk keeps the handlers behind it from being called. The kernel's own handler,
//! which changes the routes, has the priority 0, and comes before a later one of that priority.
//!
//! The events are those of all network namespaces. A new handler is not told of the addresses that
//! exist already.
//!
//! C header: [`include/linux/inetdevice.h`](srctree/include/linux/inetdevice.h)
//!
//! # Examples
//!
//! ```
//! # use kernel::prelude::*;
//! # use notifier_chain::{chains::inetaddr, context::Sleepable, *};
//! struct Log;
//!
//! impl Handler<inetaddr::Chain> for Log {
//!     fn notify(&self, event: inetaddr::Event<'_>, _: Sleepable<'_>) -> NotifyReturn {
//!         let name = event.device().name(event.rtnl());
//!         pr_info!("{:?}: {:?} {:?}\n", name, event.action(), event.address());
//!         NotifyReturn::DONE
//!     }
//! }
//!
//! let cx = Sleepable::might_sleep();
//! let log = Registration::new(inetaddr::Chain, Priority::DEFAULT, Log, cx);
//! let _log = KBox::pin_init(log, GFP_KERNEL)?;
//! # Ok::<(), Error>(())
//! ```

use core::{
    fmt,
    net::Ipv4Addr, //
};

use kernel::{
    prelude::*,
    types::Opaque, //
};

use super::netdevice::{
    Device,
    Namespace,
    Rtnl, //
};
use crate::{
    bindings,
    blocking::Blocking,
    register_by,
    NotifyReturn, //
};

kernel_enum! {
    /// What happened to an address.
    pub enum Action {
        /// The device has it: `NETDEV_UP`.
        Up = bindings::netdev_cmd_NETDEV_UP,
        /// The device has it no more: `NETDEV_DOWN`.
        Down = bindings::netdev_cmd_NETDEV_DOWN,
    }
}

/// A network device has got an IPv4 address, or has lost it. RTNL is held as long as this lives.
#[derive(Clone, Copy)]
pub struct Event<'a> {
    action: Action,
    address: &'a Opaque<bindings::in_ifaddr>,
    rtnl: &'a Rtnl,
}

impl<'a> Event<'a> {
    /// Returns what happened.
    #[inline]
    pub fn action(&self) -> Action {
        self.action
    }

    /// Returns the address: `ifa_local`.
    #[inline]
    pub fn address(&self) -> Ipv4Addr {
        // SAFETY: This is a `struct in_ifaddr`, whose address does not change.
        let address = unsafe { bindings::notifier_chain_inetaddr_local(self.address.get()) };
        Ipv4Addr::from_bits(u32::from_be(address))
    }

    /// Returns how many bits of the address are that of its subnet.
    #[inline]
    pub fn prefix_len(&self) -> u8 {
        // SAFETY: This is a `struct in_ifaddr`, which changes under RTNL only.
        unsafe { bindings::notifier_chain_inetaddr_prefix_len(self.address.get()) }
    }

    /// Returns the device.
    #[inline]
    pub fn device(&self) -> &'a Device {
        // SAFETY: This is a `struct in_ifaddr`, which keeps its device.
        unsafe { Device::from_raw(bindings::notifier_chain_inetaddr_device(self.address.get())) }
    }

    /// Returns the network namespace of the device: `dev_net()`.
    #[inline]
    pub fn namespace(&self) -> &'a Namespace {
        let device = self.device().as_ptr();
        // SAFETY: RTNL is held for `'a`. A device changes its namespace under RTNL only, and a
        // namespace goes only once its devices have lost their addresses, under RTNL, too.
        unsafe { Namespace::from_raw(bindings::notifier_chain_netdev_namespace(device)) }
    }

    /// Returns the proof that RTNL is held.
    #[inline]
    pub fn rtnl(&self) -> &'a Rtnl {
        self.rtnl
    }
}

impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("action", &self.action)
            .field("address", &self.address())
            .field("prefix_len", &self.prefix_len())
            .field("name", &self.device().name(self.rtnl))
            .finish()
    }
}

/// The IPv4 address chain: `register_inetaddr_notifier()`.
pub struct Chain;

// SAFETY: A blocking chain in a static, which IPv4 alone calls, with RTNL held. It passes a `struct
// in_ifaddr` that lives for the call.
unsafe impl crate::Chain for Chain {
    type Kind = Blocking;
    type Event<'a> = Event<'a>;
    type Answer = NotifyReturn;

    register_by!(
        bindings::register_inetaddr_notifier,
        bindings::unregister_inetaddr_notifier
    );

    #[inline]
    unsafe fn notify(
        action: c_ulong,
        data: *mut c_void,
        handler: impl FnOnce(Event<'_>) -> NotifyReturn,
    ) -> c_int {
        handler(Event {
            action: Action::from_raw(action),
            // SAFETY: By the safety requirements, `data` is a `struct in_ifaddr`. `Opaque` lets C
            // change it.
            address: unsafe { &*data.cast() },
            // SAFETY: RTNL is held for this callback.
            rtnl: unsafe { Rtnl::held() },
        })
        .into_raw()
    }
}
