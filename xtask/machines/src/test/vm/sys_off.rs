// SPDX-License-Identifier: GPL-2.0

//! The machine goes down, and handlers on the sys-off chains hear of it.

use super::{handlers::same, load::DEBUG, Run, Scenario};
use crate::model;
use anyhow::Result;

const STOCK: Scenario = Scenario {
    on: &[model::LEAN, model::DEBIAN],
    script: "sys_off_events.sh",
    ..DEBUG
};

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "sys-off-restart",
        variables: "event=command",
        verdict: |run| {
            let hears = [
                "first prepares a restart",
                "second prepares a restart",
                "first restarts: Cold, bootloader, please",
                "second restarts: Cold, bootloader, please",
            ];
            goes_down(run, &hears)
        },
        ..STOCK
    },
    Scenario {
        name: "sys-off-power-off",
        variables: "event=poweroff",
        verdict: |run| {
            let hears = [
                "first prepares a power-off",
                "second prepares a power-off",
                "first switches off",
                "second switches off",
            ];
            goes_down(run, &hears)
        },
        ..STOCK
    },
];

/// What cannot be registered: what another handler has (`EBUSY`), and what is for the platform (`EINVAL`).
const REFUSED: [&str; 2] = ["third, priority 234: -16", "third, priority -256: -22"];

fn goes_down(run: &mut Run, hears: &[&str]) -> Result<()> {
    run.stage.machine.wait_off()?;
    // The module is loaded twice.
    let said = REFUSED.iter().chain(&REFUSED).chain(hears);
    let console = run.stage.machine.lines();
    same(
        &console,
        "sys_off_events",
        said.map(|line| (*line).to_owned()).collect(),
    )
}
