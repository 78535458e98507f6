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
//!     context::Sleepable,
//!     raw,
//!     Outcome,
//!     Priority, //
//! };
//!
//! struct Log;
//!
//! impl raw::Handler<netdevice::Event<'_>> for Log {
//!     fn notify(&self, event: &netdevice::Event<'_>, _cx: raw::Context<'_>) -> Outcome {
//!         pr_info!("{:?}: {:?}\n", event.device().name(), event.action());
//!         Outcome::Done
//!     }
//! }
//!
//! let cx = Sleepable::might_sleep();
//! let _log = KBox::pin_init(netdevice::register(cx, Priority::DEFAULT, Log), GFP_KERNEL)?;
//! # Ok::<(), Error>(())
//! ```

use kernel::{
    bindings::{
        net_device,
        notifier_block, //
    },
    prelude::*,
    types::Opaque, //
};

use crate::{
    bindings,
    chains::{
        self,
        Global,
        KernelChain, //
    },
    context::Sleepable,
    raw::{
        self,
        Raw, //
    },
    Priority, //
};

/// What happened to a network device: `enum netdev_cmd`.
///
/// # Examples
///
/// Those that exist are registered once more for whoever comes, and the loopback device is always
/// there:
///
/// ```
/// use kernel::{
///     prelude::*,
///     sync::atomic::{
///         Atomic,
///         Relaxed, //
///     },
/// };
/// use notifier_chain::{
///     chains::netdevice,
///     context::Sleepable,
///     raw,
///     Outcome,
///     Priority, //
/// };
///
/// /// How many devices there are.
/// struct Count(Atomic<i32>);
///
/// impl raw::Handler<netdevice::Event<'_>> for Count {
///     fn notify(&self, event: &netdevice::Event<'_>, _cx: raw::Context<'_>) -> Outcome {
///         match event.action() {
///             netdevice::Action::Register => self.0.fetch_add(1, Relaxed),
///             netdevice::Action::Unregister => self.0.fetch_sub(1, Relaxed),
///             _ => return Outcome::Done,
///         };
///         Outcome::Ok
///     }
/// }
///
/// let cx = Sleepable::might_sleep();
/// let count = netdevice::register(cx, Priority::DEFAULT, Count(Atomic::new(0)));
/// let count = KBox::pin_init(count, GFP_KERNEL)?;
/// assert!(count.handler().0.load(Relaxed) > 0);
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// The device is up.
    Up,
    /// The device is down.
    Down,
    /// The device has crashed, and its driver has restarted it.
    Reboot,
    /// The device's flags or its state have changed, such as whether there is a link.
    Change,
    /// The device is registered.
    Register,
    /// The device is about to be unregistered: let go of it now.
    Unregister,
    /// The MTU has changed.
    ChangeMtu,
    /// The hardware address has changed.
    ChangeAddress,
    /// The hardware address is about to change.
    PreChangeAddress,
    /// The device is about to be taken down. It still works.
    GoingDown,
    /// The name has changed.
    ChangeName,
    /// The features have changed, such as what is offloaded to the device.
    FeatureChange,
    /// The bond has another active port.
    BondingFailover,
    /// The device is about to be brought up.
    PreUp,
    /// The type is about to change, such as Ethernet.
    PreTypeChange,
    /// The type has changed.
    PostTypeChange,
    /// The driver has initialised the device, which is not registered yet.
    PostInit,
    /// The device is unregistered, and the driver is about to clean up.
    PreUninit,
    /// The bond is about to let go of a port.
    Release,
    /// The others on the network are to be told that the device is here.
    NotifyPeers,
    /// The device is about to become a port of another: of a bond, a bridge.
    Join,
    /// The device has got another one above it, or has lost it.
    ChangeUpper,
    /// The multicast groups are to be joined anew.
    ResendIgmp,
    /// The MTU is about to change.
    PreChangeMtu,
    /// The settings of the device's own kind have changed.
    ChangeInfoData,
    /// The state of the bond has changed.
    BondingInfo,
    /// The device is about to get another one above it, or to lose it.
    PreChangeUpper,
    /// The state of the device as a port has changed.
    ChangeLowerState,
    /// The device asks which ports UDP tunnels use.
    UdpTunnelPushInfo,
    /// The device forgets the ports of UDP tunnels.
    UdpTunnelDropInfo,
    /// The length of the transmit queue has changed.
    ChangeTxQueueLen,
    /// The device asks for the customer VLANs to filter by.
    CvlanFilterPushInfo,
    /// The device forgets the customer VLANs.
    CvlanFilterDropInfo,
    /// The device asks for the service VLANs to filter by.
    SvlanFilterPushInfo,
    /// The device forgets the service VLANs.
    SvlanFilterDropInfo,
    /// The hardware is to count the packets that it forwards by itself. This is told to the chains
    /// of network namespaces alone, and not to this one.
    OffloadXstatsEnable,
    /// The hardware is to stop counting them.
    OffloadXstatsDisable,
    /// Whoever counts them in hardware is to say so.
    OffloadXstatsReportUsed,
    /// Whoever counts them in hardware is to give the new ones.
    OffloadXstatsReportDelta,
    /// What the device can do for XDP has changed.
    XdpFeatureChange,
    /// Any other, with the kernel's number.
    Other(c_ulong),
}

impl Action {
    fn from_raw(action: c_ulong) -> Self {
        // A `netdev_cmd` is a `c_uint`, and the chain passes on an `unsigned long`.
        match bindings::netdev_cmd::try_from(action) {
            Ok(bindings::netdev_cmd_NETDEV_UP) => Self::Up,
            Ok(bindings::netdev_cmd_NETDEV_DOWN) => Self::Down,
            Ok(bindings::netdev_cmd_NETDEV_REBOOT) => Self::Reboot,
            Ok(bindings::netdev_cmd_NETDEV_CHANGE) => Self::Change,
            Ok(bindings::netdev_cmd_NETDEV_REGISTER) => Self::Register,
            Ok(bindings::netdev_cmd_NETDEV_UNREGISTER) => Self::Unregister,
            Ok(bindings::netdev_cmd_NETDEV_CHANGEMTU) => Self::ChangeMtu,
            Ok(bindings::netdev_cmd_NETDEV_CHANGEADDR) => Self::ChangeAddress,
            Ok(bindings::netdev_cmd_NETDEV_PRE_CHANGEADDR) => Self::PreChangeAddress,
            Ok(bindings::netdev_cmd_NETDEV_GOING_DOWN) => Self::GoingDown,
            Ok(bindings::netdev_cmd_NETDEV_CHANGENAME) => Self::ChangeName,
            Ok(bindings::netdev_cmd_NETDEV_FEAT_CHANGE) => Self::FeatureChange,
            Ok(bindings::netdev_cmd_NETDEV_BONDING_FAILOVER) => Self::BondingFailover,
            Ok(bindings::netdev_cmd_NETDEV_PRE_UP) => Self::PreUp,
            Ok(bindings::netdev_cmd_NETDEV_PRE_TYPE_CHANGE) => Self::PreTypeChange,
            Ok(bindings::netdev_cmd_NETDEV_POST_TYPE_CHANGE) => Self::PostTypeChange,
            Ok(bindings::netdev_cmd_NETDEV_POST_INIT) => Self::PostInit,
            Ok(bindings::netdev_cmd_NETDEV_PRE_UNINIT) => Self::PreUninit,
            Ok(bindings::netdev_cmd_NETDEV_RELEASE) => Self::Release,
            Ok(bindings::netdev_cmd_NETDEV_NOTIFY_PEERS) => Self::NotifyPeers,
            Ok(bindings::netdev_cmd_NETDEV_JOIN) => Self::Join,
            Ok(bindings::netdev_cmd_NETDEV_CHANGEUPPER) => Self::ChangeUpper,
            Ok(bindings::netdev_cmd_NETDEV_RESEND_IGMP) => Self::ResendIgmp,
            Ok(bindings::netdev_cmd_NETDEV_PRECHANGEMTU) => Self::PreChangeMtu,
            Ok(bindings::netdev_cmd_NETDEV_CHANGEINFODATA) => Self::ChangeInfoData,
            Ok(bindings::netdev_cmd_NETDEV_BONDING_INFO) => Self::BondingInfo,
            Ok(bindings::netdev_cmd_NETDEV_PRECHANGEUPPER) => Self::PreChangeUpper,
            Ok(bindings::netdev_cmd_NETDEV_CHANGELOWERSTATE) => Self::ChangeLowerState,
            Ok(bindings::netdev_cmd_NETDEV_UDP_TUNNEL_PUSH_INFO) => Self::UdpTunnelPushInfo,
            Ok(bindings::netdev_cmd_NETDEV_UDP_TUNNEL_DROP_INFO) => Self::UdpTunnelDropInfo,
            Ok(bindings::netdev_cmd_NETDEV_CHANGE_TX_QUEUE_LEN) => Self::ChangeTxQueueLen,
            Ok(bindings::netdev_cmd_NETDEV_CVLAN_FILTER_PUSH_INFO) => Self::CvlanFilterPushInfo,
            Ok(bindings::netdev_cmd_NETDEV_CVLAN_FILTER_DROP_INFO) => Self::CvlanFilterDropInfo,
            Ok(bindings::netdev_cmd_NETDEV_SVLAN_FILTER_PUSH_INFO) => Self::SvlanFilterPushInfo,
            Ok(bindings::netdev_cmd_NETDEV_SVLAN_FILTER_DROP_INFO) => Self::SvlanFilterDropInfo,
            Ok(bindings::netdev_cmd_NETDEV_OFFLOAD_XSTATS_ENABLE) => Self::OffloadXstatsEnable,
            Ok(bindings::netdev_cmd_NETDEV_OFFLOAD_XSTATS_DISABLE) => Self::OffloadXstatsDisable,
            Ok(bindings::netdev_cmd_NETDEV_OFFLOAD_XSTATS_REPORT_USED) => {
                Self::OffloadXstatsReportUsed
            }
            Ok(bindings::netdev_cmd_NETDEV_OFFLOAD_XSTATS_REPORT_DELTA) => {
                Self::OffloadXstatsReportDelta
            }
            Ok(bindings::netdev_cmd_NETDEV_XDP_FEAT_CHANGE) => Self::XdpFeatureChange,
            _ => Self::Other(action),
        }
    }
}

/// A network device: `struct net_device`.
///
/// # Invariants
///
/// The device lives, and RTNL is held, as long as it is borrowed.
///
/// # Examples
///
/// Its number, to find it by later: the name may change.
///
/// ```
/// use kernel::{
///     prelude::*,
///     sync::atomic::{
///         Atomic,
///         Relaxed, //
///     },
/// };
/// use notifier_chain::{
///     chains::netdevice,
///     context::Sleepable,
///     raw,
///     Outcome,
///     Priority, //
/// };
///
/// struct Find {
///     name: &'static CStr,
///     index: Atomic<i32>,
/// }
///
/// impl raw::Handler<netdevice::Event<'_>> for Find {
///     fn notify(&self, event: &netdevice::Event<'_>, _cx: raw::Context<'_>) -> Outcome {
///         let device = event.device();
///         if device.name() == self.name {
///             self.index.store(device.index(), Relaxed);
///         }
///         Outcome::Done
///     }
/// }
///
/// let cx = Sleepable::might_sleep();
/// let find = Find { name: c"lo", index: Atomic::new(0) };
/// let find = KBox::pin_init(netdevice::register(cx, Priority::DEFAULT, find), GFP_KERNEL)?;
/// // The loopback device is the first.
/// assert_eq!(find.handler().index.load(Relaxed), 1);
/// # Ok::<(), Error>(())
/// ```
#[repr(transparent)]
pub struct Device(Opaque<net_device>);

impl Device {
    /// Returns the name, such as `eth0`: `netdev_name()`.
    ///
    /// It may be that of a device in another network namespace, too.
    #[inline]
    pub fn name(&self) -> &CStr {
        // SAFETY: By the type invariants, the device lives. Its name is a null-terminated string
        // that changes under RTNL only, which is held as long as `self` is borrowed.
        unsafe { CStr::from_char_ptr(bindings::notifier_chain_netdev_name(self.as_ptr())) }
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
        // SAFETY: By the type invariants, the device lives, and the flag does not change.
        unsafe { bindings::notifier_chain_netdev_is_up(self.as_ptr()) }
    }

    /// Returns the device that C knows. It lives, and RTNL is held, as long as `self` is borrowed.
    #[inline]
    pub fn as_ptr(&self) -> *mut net_device {
        self.0.get()
    }
}

/// Something happened to a network device. RTNL is held as long as this lives.
///
/// # Examples
///
/// The event borrows the device, so that a reference to it cannot be kept. What is needed later is
/// copied:
///
/// ```
/// use kernel::{
///     new_mutex,
///     prelude::*,
///     str::CString,
///     sync::Mutex, //
/// };
/// use notifier_chain::{
///     chains::netdevice,
///     context::Sleepable,
///     raw,
///     Outcome,
///     Priority, //
/// };
///
/// #[pin_data]
/// struct Names {
///     #[pin]
///     names: Mutex<KVec<CString>>,
/// }
///
/// impl Names {
///     fn add(&self, event: &netdevice::Event<'_>) -> Result {
///         if event.action() == netdevice::Action::Register {
///             let name = CString::try_from(event.device().name())?;
///             self.names.lock().push(name, GFP_KERNEL)?;
///         }
///         Ok(())
///     }
/// }
///
/// impl raw::Handler<netdevice::Event<'_>> for Names {
///     fn notify(&self, event: &netdevice::Event<'_>, _cx: raw::Context<'_>) -> Outcome {
///         Outcome::from(self.add(event))
///     }
/// }
///
/// let cx = Sleepable::might_sleep();
/// let names = pin_init!(Names { names <- new_mutex!(KVec::new()) });
/// let names = KBox::pin_init(netdevice::register(cx, Priority::DEFAULT, names), GFP_KERNEL)?;
/// assert!(names.handler().names.lock().iter().any(|name| **name == *c"lo"));
/// # Ok::<(), Error>(())
/// ```
pub struct Event<'a> {
    action: Action,
    device: &'a Device,
}

impl<'a> Event<'a> {
    /// Returns what happened.
    #[inline]
    pub fn action(&self) -> Action {
        self.action
    }

    /// Returns the device.
    #[inline]
    pub fn device(&self) -> &'a Device {
        self.device
    }
}

/// A handler's time on the network device chain.
///
/// # Examples
///
/// When it is dropped, the handler hears that all devices go:
///
/// ```
/// use kernel::{
///     prelude::*,
///     sync::{
///         atomic::{
///             Atomic,
///             Relaxed, //
///         },
///         Arc, //
///     },
/// };
/// use notifier_chain::{
///     chains::netdevice,
///     context::Sleepable,
///     raw,
///     Outcome,
///     Priority, //
/// };
///
/// struct Loopback(Arc<Atomic<bool>>);
///
/// impl raw::Handler<netdevice::Event<'_>> for Loopback {
///     fn notify(&self, event: &netdevice::Event<'_>, _cx: raw::Context<'_>) -> Outcome {
///         if event.device().name() == c"lo" {
///             let is_there = event.action() != netdevice::Action::Unregister;
///             self.0.store(is_there, Relaxed);
///         }
///         Outcome::Done
///     }
/// }
///
/// let cx = Sleepable::might_sleep();
/// let is_there = Arc::new(Atomic::new(false), GFP_KERNEL)?;
/// let loopback = netdevice::register(cx, Priority::DEFAULT, Loopback(is_there.clone()));
/// let loopback: Pin<KBox<netdevice::Registration<_>>> = KBox::pin_init(loopback, GFP_KERNEL)?;
/// assert!(is_there.load(Relaxed));
///
/// drop(loopback);
/// assert!(!is_there.load(Relaxed));
/// # Ok::<(), Error>(())
/// ```
pub type Registration<T> = crate::Registration<Global<Netdevice>, T>;

/// Registers `handler` on the network device chain: `register_netdevice_notifier()`.
///
/// Takes RTNL, and so does dropping the registration.
///
/// # Errors
///
/// Those of `handler`, and the errno with which it refuses a device that there is already.
///
/// # Examples
///
/// A handler that refuses a device which is there already is not registered:
///
/// ```
/// use kernel::prelude::*;
/// use notifier_chain::{
///     chains::netdevice,
///     context::Sleepable,
///     raw,
///     Outcome,
///     Priority, //
/// };
///
/// struct NoLoopback;
///
/// impl raw::Handler<netdevice::Event<'_>> for NoLoopback {
///     fn notify(&self, event: &netdevice::Event<'_>, _cx: raw::Context<'_>) -> Outcome {
///         if event.action() == netdevice::Action::Register && event.device().name() == c"lo" {
///             Outcome::Refuse(EPERM)
///         } else {
///             Outcome::Done
///         }
///     }
/// }
///
/// let cx = Sleepable::might_sleep();
/// let handler = netdevice::register(cx, Priority::DEFAULT, NoLoopback);
/// assert_eq!(KBox::pin_init(handler, GFP_KERNEL).err(), Some(EPERM));
/// ```
pub fn register<T, E>(
    cx: Sleepable<'_>,
    priority: Priority,
    handler: impl PinInit<T, E>,
) -> impl PinInit<Registration<T>, Error>
where
    T: for<'a> raw::Handler<Event<'a>>,
    Error: From<E>,
{
    chains::register(cx, priority, handler)
}

/// The chain itself, which is private to the kernel's network core.
///
/// # Examples
///
/// RTNL is a mutex, so that a handler may own what sleeps, and is asked at compile time whether the
/// chain takes it:
///
/// ```
/// use kernel::sync::Mutex;
/// use notifier_chain::{
///     chains::{
///         netdevice::{
///             self,
///             Netdevice, //
///         },
///         Global, //
///     },
///     raw,
///     Accepts,
///     Outcome, //
/// };
///
/// struct Names(Mutex<[u8; 16]>);
///
/// impl raw::Handler<netdevice::Event<'_>> for Names {
///     fn notify(&self, _event: &netdevice::Event<'_>, _cx: raw::Context<'_>) -> Outcome {
///         Outcome::Done
///     }
/// }
///
/// fn is_taken<T>()
/// where
///     Global<Netdevice>: Accepts<T>,
/// {
/// }
///
/// is_taken::<Names>();
/// ```
pub enum Netdevice {}

// SAFETY: The network core calls and changes its chain only under RTNL, so that a block is called
// from within its register function on, and no more once its unregister function has returned. It
// passes a `struct netdev_notifier_info`, or a larger structure that begins with one.
unsafe impl KernelChain for Netdevice {
    type Kind = Raw;
    type Event<'a> = Event<'a>;

    const REGISTER: unsafe extern "C" fn(*mut notifier_block) -> c_int =
        bindings::register_netdevice_notifier;
    const UNREGISTER: unsafe extern "C" fn(*mut notifier_block) -> c_int =
        bindings::unregister_netdevice_notifier;

    #[inline]
    unsafe fn event<'a>(action: c_ulong, data: *mut c_void) -> Option<Event<'a>> {
        // SAFETY: By the safety requirements, `data` is a `struct netdev_notifier_info`, or null.
        let info = unsafe { data.cast::<bindings::netdev_notifier_info>().as_ref() }?;
        // INVARIANT: RTNL is held for this callback, and keeps the device.
        // SAFETY: By the safety requirements, this is a device, or null. `Device` has its layout,
        // and lets C change it.
        let device = unsafe { info.dev.cast::<Device>().as_ref() }?;
        Some(Event {
            action: Action::from_raw(action),
            device,
        })
    }
}
