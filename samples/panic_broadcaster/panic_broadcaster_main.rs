// SPDX-License-Identifier: GPL-2.0

//! Broadcasts the last log records of a panicking kernel over the network.
//!
//! At load: takes the interface, allocates every packet and buffer, builds the headers, registers
//! on the panic chain. In a panic: reads the newest records of the log and sends each as a UDP
//! datagram, in the extended format of netconsole, to everyone on the network. That allocates
//! nothing and waits for no lock.
//!
//! See the README beside this file for how to use it, and for what can be received with.

mod bindings;
mod broadcast;
mod budget;
mod interface;
mod log;

use core::net::Ipv4Addr;

use kernel::{
    prelude::*,
    sync::Arc, //
};
use notifier_chain::{
    chains::{
        netdevice,
        panic, //
    },
    compat::parameter,
    context::Sleepable,
    Priority,
    Registration, //
};

use crate::broadcast::{
    Broadcast,
    OnNetdevice,
    OnPanic,
    Settings, //
};

// The parameters that are strings, `interface` and `source`, are in `helpers.c`.
module! {
    type: PanicBroadcaster,
    name: "panic_broadcaster",
    authors: ["The notifier-chain developers"],
    description: "Broadcasts the last log records of a panicking kernel",
    license: "GPL",
    params: {
        port: u16 {
            default: 6666,
            description: "UDP port to broadcast to (default: 6666)",
        },
        records: u32 {
            default: 200,
            description: "How many of the newest log records to broadcast (default: 200)",
        },
        repeat: u8 {
            default: 2,
            description: "How often to send each, since the network may lose one (default: 2)",
        },
        limit: u32 {
            default: 10000,
            description: "How many milliseconds a panic may be held up in all (default: 10000)",
        },
        priority: i32 {
            default: 2147483647,
            description: "Place on the panic chain, the highest comes first (default: INT_MAX)",
        },
    },
}

/// A panic is not held up for longer than this, whatever the user asks for, in milliseconds.
const MAX_LIMIT: u32 = 600_000;

#[pin_data]
struct PanicBroadcaster {
    // Dropped in this order: first nobody can panic into it any more, then the interface goes.
    #[pin]
    panic: Registration<panic::Chain, OnPanic>,
    #[pin]
    netdevice: Registration<netdevice::Chain, OnNetdevice>,
}

impl kernel::InPlaceModule for PanicBroadcaster {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        let broadcast = settings().and_then(Broadcast::new);

        pin_init::pin_init_scope(move || {
            let broadcast: Arc<Broadcast> = broadcast?;
            let cx = Sleepable::might_sleep();

            // The devices are watched before one is taken, so that none can go unnoticed.
            Ok(try_pin_init!(Self {
                netdevice <- Registration::new(
                    netdevice::Chain,
                    Priority::DEFAULT,
                    OnNetdevice(broadcast.clone()),
                    cx,
                ),
                _: {
                    broadcast.start()?;
                },
                panic <- Registration::new(
                    panic::Chain(c"panic_broadcaster"),
                    Priority::new(parameter(module_parameters::priority.value())),
                    OnPanic(broadcast.clone()),
                    cx,
                ),
                // A panic is heard from here on, also while this waits.
                _: {
                    broadcast.wait_for_carrier();
                },
            }))
        })
    }
}

/// Returns the parameters, or says in the log which of them is wrong.
fn settings() -> Result<Settings> {
    let port: u16 = parameter(module_parameters::port.value());
    let records: u32 = parameter(module_parameters::records.value());
    let repeat: u8 = parameter(module_parameters::repeat.value());
    let limit: u32 = parameter(module_parameters::limit.value());

    if port == 0 {
        pr_err!("port=0: give a UDP port from 1 to 65535\n");
        return Err(EINVAL);
    }
    if records == 0 {
        pr_err!("records=0: give how many records to broadcast, at least 1\n");
        return Err(EINVAL);
    }
    if repeat == 0 {
        pr_err!("repeat=0: give how often to send each record, from 1 to 255\n");
        return Err(EINVAL);
    }
    if !(1..=MAX_LIMIT).contains(&limit) {
        pr_err!(
            "limit={}: give milliseconds, from 1 to {}\n",
            limit,
            MAX_LIMIT
        );
        return Err(EINVAL);
    }

    Ok(Settings {
        interface: bindings::interface(),
        source: source()?,
        port,
        records,
        repeat,
        limit,
    })
}

/// Returns the address to broadcast from, if the user gave one.
fn source() -> Result<Option<[u8; 4]>> {
    let source = bindings::source();
    if source.is_empty() {
        return Ok(None);
    }

    match source.to_str().map(str::parse::<Ipv4Addr>) {
        Ok(Ok(address)) => Ok(Some(address.octets())),
        _ => {
            pr_err!("source={}: not an IPv4 address\n", source);
            Err(EINVAL)
        }
    }
}
