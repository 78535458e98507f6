// SPDX-License-Identifier: GPL-2.0

//! A handler on each chain of the network. It says what it hears of devices, addresses and
//! neighbours, and refuses the MTU 1313.
//!
//! Actions that nothing in these machines brings about: what a driver asks for its hardware, such
//! as UDP tunnels, VLAN filters and counters; what bonds announce; a change of type, or of what a
//! device can do for XDP; a device that crashes; a redirect, for which a second machine would have
//! to be a router.

use kernel::{
    prelude::*,
    sync::rcu, //
};
use notifier_chain::{
    chains::{
        inetaddr,
        netdevice,
        netevent, //
    },
    context::Sleepable,
    Handler,
    NotifyReturn,
    Priority,
    Registration, //
};

#[cfg(CONFIG_IPV6)]
use notifier_chain::chains::inet6addr;

module! {
    type: NetworkEvents,
    name: "network_events",
    authors: ["The notifier-chain developers"],
    description: "Says what happens to network devices, addresses and neighbours",
    license: "GPL",
}

/// The MTU that no device can have.
const REFUSED_MTU: u32 = 1313;

struct Listener;

impl Handler<netdevice::Chain> for Listener {
    fn notify(&self, event: netdevice::Event<'_>, _: Sleepable<'_>) -> Result {
        let (device, rtnl) = (event.device(), event.rtnl());
        let (name, action) = (device.name(rtnl), event.action());

        if let Some(old) = event.old_mtu() {
            pr_info!("{}: {:?} from {} to {}\n", name, action, old, device.mtu());
            if device.mtu() == REFUSED_MTU {
                return Err(ERANGE);
            }
        } else if let Some(new) = event.new_address() {
            let old = device.address(rtnl);
            pr_info!("{}: {:?} from {:?} to {:?}\n", name, action, old, new);
        } else if let Some(flags) = event.changed_flags() {
            pr_info!("{}: {:?} of flags {:#x}\n", name, action, flags);
        } else if let Some(upper) = event.upper() {
            pr_info!(
                "{}: {:?} {}, master: {}, linking: {}\n",
                name,
                action,
                upper.device().name(rtnl),
                upper.is_master(),
                upper.is_linking()
            );
        } else {
            pr_info!(
                "{}: {:?}, up: {}, address {:?}, host: {}\n",
                name,
                action,
                device.is_up(),
                device.address(rtnl),
                event.namespace().is_initial()
            );
        }
        Ok(())
    }
}

impl Handler<inetaddr::Chain> for Listener {
    fn notify(&self, event: inetaddr::Event<'_>, _: Sleepable<'_>) -> NotifyReturn {
        pr_info!(
            "{}: {:?} {:?}/{}, host: {}\n",
            event.device().name(event.rtnl()),
            event.action(),
            event.address(),
            event.prefix_len(),
            event.namespace().is_initial()
        );
        NotifyReturn::DONE
    }
}

#[cfg(CONFIG_IPV6)]
impl Handler<inet6addr::Chain> for Listener {
    fn notify(&self, event: inet6addr::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        pr_info!(
            "{}: {:?} {:?}/{}\n",
            event.device().index(),
            event.action(),
            event.address(),
            event.prefix_len()
        );
        NotifyReturn::DONE
    }
}

impl Handler<netevent::Chain> for Listener {
    fn notify(&self, event: netevent::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        match event {
            netevent::Event::NeighUpdate(neighbour) => pr_info!(
                "neighbour {:?} of {} at {:?}: {:?}, valid: {}, dead: {}\n",
                neighbour.ip(),
                neighbour.device().index(),
                neighbour.address(),
                neighbour.state(),
                neighbour.state().is_valid(),
                neighbour.is_dead()
            ),
            netevent::Event::DelayProbeTimeUpdate(parameters) => pr_info!(
                "delay of {:?} is {} ms, IPv6: {}\n",
                parameters.device().map(netdevice::Device::index),
                parameters.delay_probe_time().as_millis(),
                parameters.is_ipv6()
            ),
            event => pr_info!("{:?}\n", event),
        }
        NotifyReturn::DONE
    }
}

#[pin_data]
struct NetworkEvents {
    #[pin]
    netdevice: Registration<netdevice::Chain, Listener>,
    #[pin]
    inetaddr: Registration<inetaddr::Chain, Listener>,
    #[cfg(CONFIG_IPV6)]
    #[pin]
    inet6addr: Registration<inet6addr::Chain, Listener>,
    #[pin]
    netevent: Registration<netevent::Chain, Listener>,
}

impl kernel::InPlaceModule for NetworkEvents {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        let cx = Sleepable::might_sleep();

        try_pin_init!(Self {
            netdevice <- Registration::new(netdevice::Chain, Priority::DEFAULT, Listener, cx),
            inetaddr <- Registration::new(inetaddr::Chain, Priority::DEFAULT, Listener, cx),
            #[cfg(CONFIG_IPV6)]
            inet6addr <- Registration::new(inet6addr::Chain, Priority::DEFAULT, Listener, cx),
            netevent <- Registration::new(netevent::Chain, Priority::DEFAULT, Listener, cx),
        })
    }
}
