// SPDX-License-Identifier: GPL-2.0

//! The IPv6 address chain: network devices get IPv6 addresses, and lose them.
//!
//! An atomic chain. RTNL is held when a device loses an address. It may not be held when a device
//! gets one: a router's advertisement adds addresses in a soft interrupt. So an event has no proof
//! of RTNL, and a handler does not learn the device's name. It learns the device's index, or
//! compares the device with one that it knows. A handler must not take RTNL, which would sleep.
//!
//! The kernel calls the chain after it has added an address to a device. The address may not be
//! usable yet, until the kernel knows that no one else on the network has it. If someone has it,
//! the kernel may remove it again. The kernel also calls the chain when it removes an address,
//! which may still be on the device's list then. It does so for each address before the device goes
//! away, and also when the device is taken down, unless the setting `keep_addr_on_down` keeps the
//! address. An address that was kept is not announced again when the device is brought up.
//!
//! An answer cannot refuse the change, which has happened. The kernel ignores it, but a handler
//! that stops the walk keeps the handlers behind it from being called.
//!
//! The events are those of all network namespaces. A new handler is not told of the addresses that
//! exist already. With the boot parameter `ipv6.disable=1` there are no events.
//!
//! C header: [`include/net/addrconf.h`](srctree/include/net/addrconf.h)
//!
//! # Examples
//!
//! ```
//! # use kernel::{prelude::*, sync::rcu};
//! # use notifier_chain::{chains::inet6addr, context::Sleepable, *};
//! struct Log;
//!
//! impl Handler<inet6addr::Chain> for Log {
//!     fn notify(&self, event: inet6addr::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
//!         let index = event.device().index();
//!         pr_info!("device {}: {:?} {:?}\n", index, event.action(), event.address());
//!         NotifyReturn::DONE
//!     }
//! }
//!
//! let cx = Sleepable::might_sleep();
//! let log = Registration::new(inet6addr::Chain, Priority::DEFAULT, Log, cx);
//! let _log = KBox::pin_init(log, GFP_KERNEL)?;
//! # Ok::<(), Error>(())
//! ```

use core::{
    fmt,
    net::Ipv6Addr, //
};

use kernel::{
    prelude::*,
    types::Opaque, //
};

use super::netdevice::Device;
use crate::{
    atomic::Atomic,
    bindings,
    register_by,
    NotifyReturn, //
};

pub use super::inetaddr::Action;

/// A network device has got an IPv6 address, or has lost it.
#[derive(Clone, Copy)]
pub struct Event<'a> {
    action: Action,
    address: &'a Opaque<bindings::inet6_ifaddr>,
}

impl<'a> Event<'a> {
    /// Returns what happened.
    #[inline]
    pub fn action(&self) -> Action {
        self.action
    }

    /// Returns the address.
    #[inline]
    pub fn address(&self) -> Ipv6Addr {
        let mut octets = [0; 16];
        // SAFETY: This is a `struct inet6_ifaddr`, whose address does not change. It is as long as
        // `octets`.
        unsafe {
            bindings::notifier_chain_inet6addr_copy(self.address.get(), octets.as_mut_ptr());
        }
        Ipv6Addr::from(octets)
    }

    /// Returns how many bits of the address are that of its subnet.
    #[inline]
    pub fn prefix_len(&self) -> u32 {
        // SAFETY: This is a `struct inet6_ifaddr`, in which this does not change.
        unsafe { bindings::notifier_chain_inet6addr_prefix_len(self.address.get()) }
    }

    /// Returns the device.
    #[inline]
    pub fn device(&self) -> &'a Device {
        // SAFETY: This is a `struct inet6_ifaddr`, which keeps its device.
        unsafe {
            Device::from_raw(bindings::notifier_chain_inet6addr_device(
                self.address.get(),
            ))
        }
    }
}

impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("action", &self.action)
            .field("address", &self.address())
            .field("prefix_len", &self.prefix_len())
            .field("device", self.device())
            .finish()
    }
}

/// The IPv6 address chain: `register_inet6addr_notifier()`.
pub struct Chain;

// SAFETY: An atomic chain in a static, which IPv6 alone calls. It passes a `struct inet6_ifaddr` to
// which it holds a reference for the call.
unsafe impl crate::Chain for Chain {
    type Kind = Atomic;
    type Event<'a> = Event<'a>;
    type Answer = NotifyReturn;

    register_by!(
        bindings::register_inet6addr_notifier,
        bindings::unregister_inet6addr_notifier
    );

    #[inline]
    unsafe fn notify(
        action: c_ulong,
        data: *mut c_void,
        handler: impl FnOnce(Event<'_>) -> NotifyReturn,
    ) -> c_int {
        handler(Event {
            action: Action::from_raw(action),
            // SAFETY: By the safety requirements, `data` is a `struct inet6_ifaddr`. `Opaque` lets
            // C change it.
            address: unsafe { &*data.cast() },
        })
        .into_raw()
    }
}
