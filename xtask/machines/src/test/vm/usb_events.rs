// SPDX-License-Identifier: GPL-2.0

//! USB devices and buses come and go, and two handlers hear of it.

use super::{handlers::same, load, Run, Scenario};
use crate::model::{Model, DEBUG};
use anyhow::{ensure, Context, Result};
use serde_json::json;

pub const SCENARIOS: &[Scenario] = &[Scenario {
    name: "usb-comes-and-goes",
    on: &[Model {
        // The last slot, which is thus known.
        options: &["-device", "qemu-xhci,addr=1e.0"],
        ..DEBUG
    }],
    script: "usb_events.sh",
    variables: "controller=0000:00:1e.0",
    verdict: comes_and_goes,
    ..load::DEBUG
}];

/// What befalls the machine, and what the handlers hear of it. The first stops the walk where a bus comes.
const TOLD: [(&str, &[&str]); 6] = [
    (
        "plug",
        &[
            "first hears: add device MOUSE",
            "last hears: add device MOUSE",
        ],
    ),
    (
        "rebind",
        &[
            "first hears: remove device MOUSE",
            "last hears: remove device MOUSE",
            "first hears: add device MOUSE",
            "last hears: add device MOUSE",
        ],
    ),
    (
        "unplug",
        &[
            "first hears: remove device MOUSE",
            "last hears: remove device MOUSE",
        ],
    ),
    (
        "controller goes",
        &[
            "first hears: remove device HUB2",
            "last hears: remove device HUB2",
            "first hears: remove bus 2 of PCI",
            "last hears: remove bus 2 of PCI",
            "first hears: remove device HUB1",
            "last hears: remove device HUB1",
            "first hears: remove bus 1 of PCI",
            "last hears: remove bus 1 of PCI",
        ],
    ),
    (
        "controller comes",
        &[
            "first hears: add bus 1 of PCI",
            "first hears: add bus 2 of PCI",
            "first hears: add device HUB1",
            "last hears: add device HUB1",
            "first hears: add device HUB2",
            "last hears: add device HUB2",
        ],
    ),
    ("unload", &[]),
];

/// How the module tells them: the controller has one bus for USB 2 and one for USB 3.
const NAMES: [(&str, &str); 4] = [
    ("MOUSE", "1-1: 0627:0001 on bus 1 of PCI"),
    ("HUB1", "usb1: 1d6b:0002 on bus 1 of PCI"),
    ("HUB2", "usb2: 1d6b:0003 on bus 2 of PCI"),
    ("PCI", "0000:00:1e.0"),
];

fn comes_and_goes(run: &mut Run) -> Result<()> {
    let machine = &mut run.stage.machine;
    machine.expect(r"\] trying plug$")?;
    machine.plug(json!({ "driver": "usb-mouse", "id": "mouse" }))?;
    machine.expect(r"\] trying unplug$")?;
    machine.unplug("mouse")?;
    run.ended_well()?;
    let console = run.stage.machine.lines();
    let said: Vec<_> = console.split(|line| line.contains("] trying ")).collect();
    ensure!(
        said.len() == TOLD.len() + 1,
        "the guest does not try it all"
    );
    for ((tried, heard), said) in TOLD.iter().zip(&said[1..]) {
        let heard = heard.iter().map(|heard| {
            NAMES.iter().fold(heard.to_string(), |heard, (name, is)| {
                heard.replace(name, is)
            })
        });
        same(said, "usb_events", heard.collect()).context(*tried)?;
    }
    Ok(())
}
