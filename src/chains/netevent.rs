// SPDX-License-Identifier: GPL-2.0

//! The network event chain: neighbours, redirects, and settings for those who route in hardware.
//!
//! An atomic chain. The kernel calls it in tasks, timers and soft interrupts. RTNL may be held, or
//! may not. Some calls come with the lock of the neighbours' table held. So a handler must
//! neither add nor remove neighbours. It hands such work to a work queue.
//!
//! An answer refuses nothing. The kernel ignores it, but a handler that stops the walk keeps the
//! handlers behind it from being called.
//!
//! The events are those of all network namespaces. A new handler is not told of the neighbours that
//! exist already.
//!
//! C header: [`include/net/netevent.h`](srctree/include/net/netevent.h)
//!
//! # Examples
//!
//! ```
//! # use kernel::{prelude::*, sync::rcu};
//! # use notifier_chain::{chains::netevent, context::Sleepable, *};
//! struct Log;
//!
//! impl Handler<netevent::Chain> for Log {
//!     fn notify(&self, event: netevent::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
//!         if let netevent::Event::NeighUpdate(neighbour) = event {
//!             let (ip, address) = (neighbour.ip(), neighbour.address());
//!             pr_info!("{:?} at {:?}: {:?}\n", ip, address, neighbour.state());
//!         }
//!         NotifyReturn::DONE
//!     }
//! }
//!
//! let cx = Sleepable::might_sleep();
//! let log = Registration::new(netevent::Chain, Priority::DEFAULT, Log, cx);
//! let _log = KBox::pin_init(log, GFP_KERNEL)?;
//! # Ok::<(), Error>(())
//! ```

mod neighbour;
mod parameters;

use kernel::prelude::*;

use super::netdevice::Namespace;
use crate::{
    atomic::Atomic,
    bindings,
    register_by,
    NotifyReturn, //
};

pub use self::{
    neighbour::{
        Neighbour,
        State, //
    },
    parameters::Parameters, //
};

/// What happened: `enum netevent_notif_type`.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A neighbour has changed its state or its hardware address, has been used by a redirect of
    /// IPv4, or is about to be removed. The kernel does not tell all changes of the state, such as
    /// that to `Delay`.
    NeighUpdate(&'a Neighbour),
    /// A router has named a better router for a destination. Only IPv6 announces this. What the
    /// kernel passes with it is not decoded.
    Redirect,
    /// The user has set how long the kernel waits before it probes a neighbour that is in use.
    DelayProbeTimeUpdate(&'a Parameters),
    /// The user has set how packets of IPv4 are spread over several paths.
    Ipv4MpathHashUpdate(&'a Namespace),
    /// The user has set how packets of IPv6 are spread over several paths.
    Ipv6MpathHashUpdate(&'a Namespace),
    /// The user has set whether a packet of IPv4 that is forwarded gets a new priority.
    Ipv4FwdUpdatePriorityUpdate(&'a Namespace),
    /// Any other, with the kernel's number.
    Other(c_ulong),
}

impl Event<'_> {
    /// Makes one of what the chain passes.
    ///
    /// # Safety
    ///
    /// `action` and `data` must be what the kernel passes to the chain, while it does.
    #[inline]
    unsafe fn from_raw(action: c_ulong, data: *mut c_void) -> Self {
        // SAFETY: With these actions, it passes a namespace that lives: this is the handler of one
        // of its settings, and to remove those waits for their handlers.
        let namespace = || unsafe { Namespace::from_raw(data.cast()) };

        match bindings::netevent_notif_type::try_from(action) {
            Ok(bindings::netevent_notif_type_NETEVENT_NEIGH_UPDATE) => {
                // SAFETY: It passes a neighbour, to which it holds a reference.
                Self::NeighUpdate(unsafe { Neighbour::from_raw(data.cast()) })
            }
            Ok(bindings::netevent_notif_type_NETEVENT_REDIRECT) => Self::Redirect,
            Ok(bindings::netevent_notif_type_NETEVENT_DELAY_PROBE_TIME_UPDATE) => {
                // SAFETY: It passes parameters, which cannot be released before it returns.
                Self::DelayProbeTimeUpdate(unsafe { Parameters::from_raw(data.cast()) })
            }
            Ok(bindings::netevent_notif_type_NETEVENT_IPV4_MPATH_HASH_UPDATE) => {
                Self::Ipv4MpathHashUpdate(namespace())
            }
            Ok(bindings::netevent_notif_type_NETEVENT_IPV6_MPATH_HASH_UPDATE) => {
                Self::Ipv6MpathHashUpdate(namespace())
            }
            Ok(bindings::netevent_notif_type_NETEVENT_IPV4_FWD_UPDATE_PRIORITY_UPDATE) => {
                Self::Ipv4FwdUpdatePriorityUpdate(namespace())
            }
            _ => Self::Other(action),
        }
    }
}

/// The network event chain: `register_netevent_notifier()`.
pub struct Chain;

// SAFETY: An atomic chain in a static, which only the network core and IP call. Each action has
// data of its own type, which lives for the call.
unsafe impl crate::Chain for Chain {
    type Kind = Atomic;
    type Event<'a> = Event<'a>;
    type Answer = NotifyReturn;

    register_by!(
        bindings::register_netevent_notifier,
        bindings::unregister_netevent_notifier
    );

    #[inline]
    unsafe fn notify(
        action: c_ulong,
        data: *mut c_void,
        handler: impl FnOnce(Event<'_>) -> NotifyReturn,
    ) -> c_int {
        // SAFETY: The requirements are the same.
        handler(unsafe { Event::from_raw(action, data) }).into_raw()
    }
}
