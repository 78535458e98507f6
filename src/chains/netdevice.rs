// SPDX-License-Identifier: GPL-2.0

//! The network device chain: devices come, go, and change.
//!
//! A raw chain under RTNL, the lock of all network configuration. A handler may sleep. It must not
//! take RTNL, which is held, nor register or unregister on this chain, which would take it, and the
//! lock of the network namespaces before it. Some events come with the device's own lock held, too.
//!
//! The events are those of all network namespaces: a name alone does not say which device is meant.
//!
//! Who registers first hears of all devices that there are, as if they came up just now. Who
//! unregisters hears of all of them once more, as if they went: what a handler holds of a device it
//! can always let go of when it hears [`Action::GoingDown`] and [`Action::Unregister`].
//!
//! C header: [`include/linux/netdevice.h`](srctree/include/linux/netdevice.h)
//!
//! # Examples
//!
//! ```
//! use kernel::prelude::*;
//! use notifier_chain::{
//!     chains::netdevice,
//!     raw,
//!     Outcome,
//!     Priority, //
//! };
//!
//! struct Log;
//!
//! impl raw::Handler<netdevice::Event<'_>> for Log {
//!     fn notify(&self, event: &netdevice::Event<'_>, _cx: raw::Context<'_>) -> Outcome {
//!         pr_info!("{:?}: {:?}\n", event.device_name(), event.action());
//!         Outcome::Done
//!     }
//! }
//!
//! let _log = KBox::pin_init(netdevice::register(Priority::DEFAULT, Log), GFP_KERNEL)?;
//! # Ok::<(), Error>(())
//! ```

use kernel::{
    bindings::{
        net_device,
        notifier_block, //
    },
    error::to_result,
    prelude::*, //
};

use crate::{
    bindings,
    raw,
    Accepts,
    ChainRef,
    Outcome,
    Priority, //
};

/// What happened to a network device: `enum netdev_cmd`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// The device is registered.
    Register,
    /// The device is about to be unregistered: let go of it now.
    Unregister,
    /// The device is up.
    Up,
    /// The device is about to be taken down. It still works.
    GoingDown,
    /// The device is down.
    Down,
    /// The device is about to become a port of another: of a bond, a bridge.
    Join,
    /// Any other, with the kernel's number.
    Other(c_ulong),
}

impl Action {
    fn from_raw(action: c_ulong) -> Self {
        // A `netdev_cmd` is a `c_uint`, and the chain passes on an `unsigned long`.
        match action as bindings::netdev_cmd {
            bindings::netdev_cmd_NETDEV_REGISTER => Self::Register,
            bindings::netdev_cmd_NETDEV_UNREGISTER => Self::Unregister,
            bindings::netdev_cmd_NETDEV_UP => Self::Up,
            bindings::netdev_cmd_NETDEV_GOING_DOWN => Self::GoingDown,
            bindings::netdev_cmd_NETDEV_DOWN => Self::Down,
            bindings::netdev_cmd_NETDEV_JOIN => Self::Join,
            _ => Self::Other(action),
        }
    }
}

/// Something happened to a network device. RTNL is held as long as this lives.
///
/// # Invariants
///
/// `device` points to a live `struct net_device`, and RTNL is held, for `'a`.
pub struct Event<'a> {
    action: Action,
    device: *mut net_device,
    device_name: &'a CStr,
}

impl<'a> Event<'a> {
    /// Returns what happened.
    #[inline]
    pub fn action(&self) -> Action {
        self.action
    }

    /// Returns the device's name, such as `eth0`.
    #[inline]
    pub fn device_name(&self) -> &'a CStr {
        self.device_name
    }

    /// Returns the device. It lives, and RTNL is held, as long as this event does.
    #[inline]
    pub fn device(&self) -> *mut net_device {
        self.device
    }
}

/// A handler's time on the network device chain.
pub type Registration<T> = crate::Registration<Netdevice, T>;

/// Registers `handler` on the network device chain.
///
/// Takes RTNL, and so does dropping the registration.
///
/// # Errors
///
/// Those of `handler`, and the errno with which it refuses a device that there is already.
pub fn register<T, E>(
    priority: Priority,
    handler: impl PinInit<T, E>,
) -> impl PinInit<Registration<T>, Error>
where
    Netdevice: Accepts<T>,
    Error: From<E>,
{
    Registration::on(Netdevice, priority, handler)
}

/// The chain itself, which is private to the kernel's network core.
pub struct Netdevice;

// SAFETY: There is but one, and the kernel has it in a static.
unsafe impl ChainRef for Netdevice {
    type Chain = Self;

    #[inline]
    fn get(&self) -> &Self {
        self
    }
}

// SAFETY: The network core calls and changes its chain only under RTNL, so that a block is called
// from within its register function on, and no more once its unregister function has returned. It
// passes a `struct netdev_notifier_info` as `data`. The handler is `Send` and `Sync`.
unsafe impl<T> Accepts<T> for Netdevice
where
    T: for<'a> raw::Handler<Event<'a>>,
{
    type Kind = raw::Raw;

    unsafe fn register(&self, block: *mut notifier_block) -> Result {
        // SAFETY: By the safety requirements, the block is valid, and stays so.
        to_result(unsafe { bindings::register_netdevice_notifier(block) })
    }

    unsafe fn unregister(&self, block: *mut notifier_block) {
        // SAFETY: By the safety requirements, the block is on this chain; hence there is no error.
        unsafe { bindings::unregister_netdevice_notifier(block) };
    }

    unsafe fn notify(handler: &T, action: c_ulong, data: *mut c_void) -> Outcome {
        // SAFETY: The network core passes a `struct netdev_notifier_info`, or a larger structure
        // that begins with one, with the device that the event is about.
        let device = unsafe { (*data.cast::<bindings::netdev_notifier_info>()).dev };

        // INVARIANT: The device lives during the callback, and the network core holds RTNL.
        let event = Event {
            action: Action::from_raw(action),
            device,
            // SAFETY: The device lives, and its name is a null-terminated string that changes under
            // RTNL only, which is held.
            device_name: unsafe {
                CStr::from_char_ptr(bindings::notifier_chain_netdev_name(device))
            },
        };

        handler.notify(&event, raw::Context::new())
    }
}
