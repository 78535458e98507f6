// SPDX-License-Identifier: GPL-2.0

//! What handlers on the chains of buses are told.

use super::{handlers::says, load, Scenario};

pub const SCENARIOS: &[Scenario] = &[Scenario {
    name: "bus-devices-come-and-go",
    script: "bus.sh",
    verdict: |run| says(run, "bus_events", TRIED),
    ..load::STOCK
}];

/// What the guest tries, and what the handlers must hear of it in this order.
const TRIED: &[(&str, &[&str])] = &[
    (
        "a platform device",
        &[
            "platform hears: AddDevice: bus_device",
            "stops hears: AddDevice: bus_device",
            "platform hears: BindDriver: bus_device",
            "stops hears: BindDriver: bus_device",
            "platform hears: BoundDriver: bus_device",
            "stops hears: BoundDriver: bus_device",
            "platform hears: DelDevice: bus_device",
            "stops hears: DelDevice: bus_device",
            "platform hears: UnbindDriver: bus_device",
            "stops hears: UnbindDriver: bus_device",
            "platform hears: UnboundDriver: bus_device",
            "stops hears: UnboundDriver: bus_device",
            "platform hears: RemovedDevice: bus_device",
            "stops hears: RemovedDevice: bus_device",
        ],
    ),
    (
        "a driver that fails",
        &[
            "platform hears: AddDevice: bus_device",
            "stops hears: AddDevice: bus_device",
            "platform hears: BindDriver: bus_device",
            "stops hears: BindDriver: bus_device",
            "platform hears: DriverNotBound: bus_device",
            "stops hears: DriverNotBound: bus_device",
            "platform hears: DelDevice: bus_device",
            "stops hears: DelDevice: bus_device",
            "platform hears: RemovedDevice: bus_device",
            "stops hears: RemovedDevice: bus_device",
        ],
    ),
    (
        "to bind",
        &[
            "pci hears: UnbindDriver: 0000:00:",
            "pci hears: UnboundDriver: 0000:00:",
            "pci hears: BindDriver: 0000:00:",
            "pci hears: BoundDriver: 0000:00:",
        ],
    ),
    (
        "to remove",
        &[
            // This bus takes the driver away first.
            "pci hears: UnbindDriver: 0000:00:",
            "pci hears: UnboundDriver: 0000:00:",
            "pci hears: DelDevice: 0000:00:",
            "pci hears: RemovedDevice: 0000:00:",
            "pci hears: AddDevice: 0000:00:",
            "pci hears: BindDriver: 0000:00:",
            "pci hears: BoundDriver: 0000:00:",
        ],
    ),
    ("without handlers", &[]),
];
