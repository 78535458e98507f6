// SPDX-License-Identifier: GPL-2.0

//! The network device chain: devices come, go, and change.
//!
//! A raw chain under RTNL, the lock of all network configuration. A handler may sleep. It must not
//! take RTNL, which is held, nor register or unregister on this chain, which takes RTNL. Some
//! events come with the device's own lock held, too. Registering and unregistering also hold
//! `pernet_ops_rwsem`.
//!
//! The events are those of all network namespaces: a name alone does not tell which device is
//! meant. Each namespace also has a chain of its own, which the kernel calls first. If a handler
//! there stops the walk, this chain is not called.
//!
//! On registration, a handler is called for every existing device: with [`Action::Register`], then
//! with [`Action::Up`] if it is up. On unregistration it is called for each of them with
//! [`Action::GoingDown`] and [`Action::Down`] if it is up, then with [`Action::Unregister`], so
//! that it can always release there what it holds of a device. A device that moves to another
//! network namespace is unregistered and registered again.
//!
//! An error as answer refuses `PostInit`, `Register`, `PreUp`, `PreChangeMtu`, `ChangeMtu`,
//! `PreChangeAddress`, `ChangeName`, `ChangeTxQueueLen` and `PreTypeChange`. It also refuses
//! `PreChangeUpper` and `ChangeUpper` if the device gets another one above it. An error to
//! `OffloadXstatsReportUsed` and `OffloadXstatsReportDelta` makes the request for the counters
//! fail. An error to an [`Action::Register`] that is replayed makes the registration itself fail.
//! The kernel ignores an error to any other action, but it does not call the handlers behind.
//!
//! C header: [`include/linux/netdevice.h`](srctree/include/linux/netdevice.h)
//!
//! # Examples
//!
//! ```
//! # use kernel::prelude::*;
//! # use notifier_chain::{chains::netdevice, context::Sleepable, *};
//! struct Log;
//!
//! impl Handler<netdevice::Chain> for Log {
//!     fn notify(&self, event: netdevice::Event<'_>, _: Sleepable<'_>) -> Result {
//!         let name = event.device().name(event.rtnl());
//!         pr_info!("{:?}: {:?}\n", name, event.action());
//!         Ok(())
//!     }
//! }
//!
//! let cx = Sleepable::might_sleep();
//! let log = Registration::new(netdevice::Chain, Priority::DEFAULT, Log, cx);
//! let _log = KBox::pin_init(log, GFP_KERNEL)?;
//! # Ok::<(), Error>(())
//! ```

mod address;
mod device;
mod namespace;
mod rtnl;
mod upper;

use core::fmt;

use kernel::prelude::*;

use crate::{
    bindings,
    blocking::Blocking,
    register_by,
    NotifyReturn, //
};

pub use self::{
    address::Address,
    device::Device,
    namespace::Namespace,
    rtnl::Rtnl,
    upper::Upper, //
};

kernel_enum! {
    /// What happened to a network device: `enum netdev_cmd`.
    pub enum Action {
        /// The device is up.
        Up = bindings::netdev_cmd_NETDEV_UP,
        /// The device is down.
        Down = bindings::netdev_cmd_NETDEV_DOWN,
        /// The device has crashed, and its driver has restarted it.
        Reboot = bindings::netdev_cmd_NETDEV_REBOOT,
        /// The device's flags or its state have changed, such as whether there is a link.
        Change = bindings::netdev_cmd_NETDEV_CHANGE,
        /// The device is registered.
        Register = bindings::netdev_cmd_NETDEV_REGISTER,
        /// The device is about to be unregistered: let go of it now. The kernel repeats this about
        /// once a second until no reference to the device is left.
        Unregister = bindings::netdev_cmd_NETDEV_UNREGISTER,
        /// The MTU has changed.
        ChangeMtu = bindings::netdev_cmd_NETDEV_CHANGEMTU,
        /// The hardware address has changed.
        ChangeAddress = bindings::netdev_cmd_NETDEV_CHANGEADDR,
        /// The hardware address is about to change.
        PreChangeAddress = bindings::netdev_cmd_NETDEV_PRE_CHANGEADDR,
        /// The device is about to be taken down. It still works.
        GoingDown = bindings::netdev_cmd_NETDEV_GOING_DOWN,
        /// The name has changed.
        ChangeName = bindings::netdev_cmd_NETDEV_CHANGENAME,
        /// The features have changed, such as what is offloaded to the device.
        FeatureChange = bindings::netdev_cmd_NETDEV_FEAT_CHANGE,
        /// The bond has another active port.
        BondingFailover = bindings::netdev_cmd_NETDEV_BONDING_FAILOVER,
        /// The device is about to be brought up.
        PreUp = bindings::netdev_cmd_NETDEV_PRE_UP,
        /// The type is about to change, such as Ethernet.
        PreTypeChange = bindings::netdev_cmd_NETDEV_PRE_TYPE_CHANGE,
        /// The type has changed.
        PostTypeChange = bindings::netdev_cmd_NETDEV_POST_TYPE_CHANGE,
        /// The driver has initialised the device, which is not registered yet.
        PostInit = bindings::netdev_cmd_NETDEV_POST_INIT,
        /// The device is unregistered, and the driver is about to clean up.
        PreUninit = bindings::netdev_cmd_NETDEV_PRE_UNINIT,
        /// The bond has let go of its last port.
        Release = bindings::netdev_cmd_NETDEV_RELEASE,
        /// The others on the network are to be told that the device is here.
        NotifyPeers = bindings::netdev_cmd_NETDEV_NOTIFY_PEERS,
        /// The device is about to become a port of another: of a bond, a bridge.
        Join = bindings::netdev_cmd_NETDEV_JOIN,
        /// The device has got another one above it, or has lost it.
        ChangeUpper = bindings::netdev_cmd_NETDEV_CHANGEUPPER,
        /// The multicast groups are to be joined anew.
        ResendIgmp = bindings::netdev_cmd_NETDEV_RESEND_IGMP,
        /// The MTU is about to change.
        PreChangeMtu = bindings::netdev_cmd_NETDEV_PRECHANGEMTU,
        /// The settings of the device's own kind have changed.
        ChangeInfoData = bindings::netdev_cmd_NETDEV_CHANGEINFODATA,
        /// The state of the device as a port of a bond has changed.
        BondingInfo = bindings::netdev_cmd_NETDEV_BONDING_INFO,
        /// The device is about to get another one above it, or to lose it.
        PreChangeUpper = bindings::netdev_cmd_NETDEV_PRECHANGEUPPER,
        /// The state of the device as a port has changed.
        ChangeLowerState = bindings::netdev_cmd_NETDEV_CHANGELOWERSTATE,
        /// The device asks which ports UDP tunnels use.
        UdpTunnelPushInfo = bindings::netdev_cmd_NETDEV_UDP_TUNNEL_PUSH_INFO,
        /// The device forgets the ports of UDP tunnels.
        UdpTunnelDropInfo = bindings::netdev_cmd_NETDEV_UDP_TUNNEL_DROP_INFO,
        /// The length of the transmit queue has changed.
        ChangeTxQueueLen = bindings::netdev_cmd_NETDEV_CHANGE_TX_QUEUE_LEN,
        /// The device asks for the customer VLANs to filter by.
        CvlanFilterPushInfo = bindings::netdev_cmd_NETDEV_CVLAN_FILTER_PUSH_INFO,
        /// The device forgets the customer VLANs.
        CvlanFilterDropInfo = bindings::netdev_cmd_NETDEV_CVLAN_FILTER_DROP_INFO,
        /// The device asks for the service VLANs to filter by.
        SvlanFilterPushInfo = bindings::netdev_cmd_NETDEV_SVLAN_FILTER_PUSH_INFO,
        /// The device forgets the service VLANs.
        SvlanFilterDropInfo = bindings::netdev_cmd_NETDEV_SVLAN_FILTER_DROP_INFO,
        /// The hardware is to count the packets that it forwards by itself. This is told to the
        /// chains of network namespaces alone, and not to this one.
        OffloadXstatsEnable = bindings::netdev_cmd_NETDEV_OFFLOAD_XSTATS_ENABLE,
        /// The hardware is to stop counting them.
        OffloadXstatsDisable = bindings::netdev_cmd_NETDEV_OFFLOAD_XSTATS_DISABLE,
        /// Whoever counts them in hardware is to say so.
        OffloadXstatsReportUsed = bindings::netdev_cmd_NETDEV_OFFLOAD_XSTATS_REPORT_USED,
        /// Whoever counts them in hardware is to give the new ones.
        OffloadXstatsReportDelta = bindings::netdev_cmd_NETDEV_OFFLOAD_XSTATS_REPORT_DELTA,
        /// What the device can do for XDP has changed.
        XdpFeatureChange = bindings::netdev_cmd_NETDEV_XDP_FEAT_CHANGE,
    }
}

/// Something happened to a network device. RTNL is held as long as this lives.
///
/// # Invariants
///
/// `info` is what the network core passes with `action`, and stays as it is for `'a`.
#[derive(Clone, Copy)]
pub struct Event<'a> {
    action: Action,
    info: *const bindings::netdev_notifier_info,
    rtnl: &'a Rtnl,
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
        // SAFETY: By the type invariants, this is a device. RTNL is held for `'a`, and keeps it.
        unsafe { Device::from_raw((*self.info).dev) }
    }

    /// Returns the network namespace of the device: `dev_net()`.
    #[inline]
    pub fn namespace(&self) -> &'a Namespace {
        let device = self.device().as_ptr();
        // SAFETY: The core has called the chain of this namespace first, so that it lives. A device
        // changes its namespace under RTNL only, which is held for `'a`.
        unsafe { Namespace::from_raw(bindings::notifier_chain_netdev_namespace(device)) }
    }

    /// Returns the proof that RTNL is held, which some methods of [`Device`] ask for.
    #[inline]
    pub fn rtnl(&self) -> &'a Rtnl {
        self.rtnl
    }

    /// Returns the MTU before an [`Action::ChangeMtu`]. If a handler refuses the change, the kernel
    /// announces the change back, whose old MTU is the refused one.
    #[inline]
    pub fn old_mtu(&self) -> Option<u32> {
        if self.action != Action::ChangeMtu {
            return None;
        }
        // SAFETY: By the type invariants, the core has passed a `struct netdev_notifier_info_ext`.
        Some(unsafe { bindings::notifier_chain_netdev_old_mtu(self.info) })
    }

    /// Returns the hardware address that comes after an [`Action::PreChangeAddress`]. The device
    /// still has the old one.
    #[inline]
    pub fn new_address(&self) -> Option<Address> {
        if self.action != Action::PreChangeAddress {
            return None;
        }
        let info = self
            .info
            .cast::<bindings::netdev_notifier_pre_changeaddr_info>();
        // SAFETY: By the type invariants, the core has passed this structure, with an address for
        // the device. `Address` is as long as is written.
        Some(Address::copied(|to| unsafe {
            let from = (*info).dev_addr;
            bindings::notifier_chain_netdev_copy((*self.info).dev, from, to.as_mut_ptr())
        }))
    }

    /// Returns the flags that an [`Action::Change`] has changed, such as `IFF_MULTICAST`. There are
    /// none if the state of the link has changed instead.
    #[inline]
    pub fn changed_flags(&self) -> Option<c_uint> {
        if self.action != Action::Change {
            return None;
        }
        let info = self.info.cast::<bindings::netdev_notifier_change_info>();
        // SAFETY: By the type invariants, the core has passed this structure.
        Some(unsafe { (*info).flags_changed })
    }

    /// Returns the device above in an [`Action::PreChangeUpper`] and an [`Action::ChangeUpper`].
    #[inline]
    pub fn upper(&self) -> Option<Upper<'a>> {
        if !matches!(self.action, Action::PreChangeUpper | Action::ChangeUpper) {
            return None;
        }
        let info = self
            .info
            .cast::<bindings::netdev_notifier_changeupper_info>();
        // SAFETY: By the type invariants, the core has passed this structure for `'a`.
        Some(unsafe { Upper::from_raw(&*info) })
    }
}

impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("action", &self.action)
            .field("name", &self.device().name(self.rtnl))
            .field("device", self.device())
            .finish()
    }
}

/// The network device chain: `register_netdevice_notifier()`.
pub struct Chain;

// SAFETY: The network core calls and changes this chain only under RTNL, a mutex, hence in a task
// that may sleep. A block is called from within its register function on, and no more once its
// unregister function has returned. The core passes a `struct netdev_notifier_info` with a device,
// and for some actions a larger structure that begins with one.
unsafe impl crate::Chain for Chain {
    type Kind = Blocking;
    type Event<'a> = Event<'a>;
    type Answer = Result;

    register_by!(
        bindings::register_netdevice_notifier,
        bindings::unregister_netdevice_notifier
    );

    #[inline]
    unsafe fn notify(
        action: c_ulong,
        data: *mut c_void,
        handler: impl FnOnce(Event<'_>) -> Result,
    ) -> c_int {
        // INVARIANT: By the safety requirements.
        NotifyReturn::from(handler(Event {
            action: Action::from_raw(action),
            info: data.cast(),
            // SAFETY: RTNL is held for this callback.
            rtnl: unsafe { Rtnl::held() },
        }))
        .into_raw()
    }
}
