// SPDX-License-Identifier: GPL-2.0

//! Memory is taken into use and out of use, and three handlers hear of it.

use super::{
    handlers::same,
    load::{DEBUG, STOCK},
    Run, Scenario,
};
use crate::{
    arch::Arch,
    model::{self, Model},
};
use anyhow::{ensure, Context, Result};
use serde_json::json;

/// What the machine boots with: 1 GiB, half of which holds only what the kernel can move elsewhere.
const MOVABLE: &str = "movablecore=512M";

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "memory-goes-and-comes",
        on: &[
            model::DEBUG,
            Model {
                memory_mib: 1024,
                ..model::DEBIAN
            },
        ],
        script: "memory_events.sh",
        parameters: MOVABLE,
        verdict: |run| tried(run, &GOES_AND_COMES),
        // What Arm64 has booted with never goes.
        only_on: Some(Arch::X86_64),
        ..STOCK
    },
    Scenario {
        name: "memory-of-the-boot-stays",
        on: &[
            model::DEBUG,
            Model {
                memory_mib: 1024,
                ..model::DEBIAN
            },
        ],
        script: "memory_stays.sh",
        parameters: MOVABLE,
        verdict: |run| tried(run, &STAYS),
        only_on: Some(Arch::Arm64),
        ..STOCK
    },
    // The lean and the debug kernel know of no memory that is plugged in.
    Scenario {
        name: "memory-is-plugged",
        on: &[Model {
            options: &[
                "-m",
                "slots=1,maxmem=1G",
                "-object",
                "memory-backend-ram,id=backend,size=256M",
            ],
            ..model::DEBIAN
        }],
        script: "memory_plugged.sh",
        parameters: "memhp_default_state=online_movable",
        verdict: plugged,
        only_on: Some(Arch::X86_64),
        ..DEBUG
    },
];

/// What the guest tries; and by each handler that must hear of it, in which action.
type Try = (&'static str, &'static [(&'static str, &'static str)]);

const GOES_AND_COMES: [Try; 5] = [
    (
        "offline",
        &[
            ("first", "GoingOffline"),
            ("middle", "GoingOffline"),
            ("last", "GoingOffline"),
            ("first", "Offline"),
            ("middle", "Offline"),
            ("last", "Offline"),
        ],
    ),
    (
        "refused online",
        &[
            ("first", "GoingOnline"),
            ("middle", "GoingOnline"),
            ("first", "CancelOnline"),
            ("middle", "CancelOnline"),
            ("last", "CancelOnline"),
        ],
    ),
    (
        "online",
        &[
            ("first", "GoingOnline"),
            ("middle", "GoingOnline"),
            ("last", "GoingOnline"),
            ("first", "Online"),
            ("middle", "Online"),
            ("last", "Online"),
        ],
    ),
    (
        "refused offline",
        &[
            ("first", "GoingOffline"),
            ("middle", "GoingOffline"),
            ("first", "CancelOffline"),
            ("middle", "CancelOffline"),
            ("last", "CancelOffline"),
        ],
    ),
    ("unload", &[]),
];

/// The kernel's own handler refuses, behind the first one here and before the other two.
const STAYS: [Try; 1] = [(
    "offline",
    &[
        ("first", "GoingOffline"),
        ("first", "CancelOffline"),
        ("middle", "CancelOffline"),
        ("last", "CancelOffline"),
    ],
)];

fn tried(run: &mut Run, tries: &[Try]) -> Result<()> {
    run.ended_well()?;
    let console = run.stage.machine.lines();
    let range = console
        .iter()
        .find_map(|line| line.split_once("] the block has "))
        .context("the guest does not say which block it is")?
        .1;
    let said: Vec<_> = console.split(|line| line.contains("] trying ")).collect();
    ensure!(
        said.len() == tries.len() + 1,
        "the guest does not try it all"
    );
    for ((tried, heard), said) in tries.iter().zip(&said[1..]) {
        let heard = heard
            .iter()
            .map(|(name, action)| format!("{name} hears: {action}: {range}"));
        same(said, "memory_events", heard.collect()).context(*tried)?;
        let errno = match *tried {
            "refused online" | "refused offline" => "write error: No space left on device",
            "offline" if run.arch == Arch::Arm64 => "write error: Operation not permitted",
            _ => continue,
        };
        ensure!(
            said.iter().any(|line| line.ends_with(errno)),
            "{tried}: the shell does not say {errno:?}"
        );
    }
    Ok(())
}

/// A memory module of two blocks comes and goes, and the kernel takes each of them by itself.
fn plugged(run: &mut Run) -> Result<()> {
    let machine = &mut run.stage.machine;
    machine.expect(r"\] ready for memory$")?;
    machine.plug(json!({ "driver": "pc-dimm", "id": "memory", "memdev": "backend" }))?;
    machine.expect(r"\] ready to lose it$")?;
    machine.unplug("memory")?;
    run.ended_well()?;
    let console = run.stage.machine.lines();
    let blocks = [
        "32768 pages from 0x100000000 to 0x108000000",
        "32768 pages from 0x108000000 to 0x110000000",
    ];
    let heard = [["GoingOnline", "Online"], ["GoingOffline", "Offline"]];
    let heard = heard.iter().flat_map(|actions| {
        blocks.iter().flat_map(move |block| {
            actions.iter().flat_map(move |action| {
                ["first", "middle", "last"].map(|name| format!("{name} hears: {action}: {block}"))
            })
        })
    });
    same(&console, "memory_events", heard.collect())
}
