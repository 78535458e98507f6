// SPDX-License-Identifier: GPL-2.0

//! Handlers that use the registers of a device, as long as it is bound.

use super::{load, Run, Scenario};
use crate::model::{Model, DEBUG, TESTDEV};
use anyhow::Result;

const BOUND: Scenario = Scenario {
    on: &[Model {
        options: TESTDEV,
        ..DEBUG
    }],
    script: "bound.sh",
    ..load::DEBUG
};

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "bound-1000-times-then-reboots",
        variables: "rounds=1000 end=reboot",
        seconds: 900,
        verdict: |run| counts(run, r"Restart.*: the device has counted Ok\([1-9]"),
        ..BOUND
    },
    Scenario {
        name: "bound-then-panics",
        variables: "rounds=3 end=panic",
        verdict: |run| {
            counts(
                run,
                r"sysrq triggered crash.*: the device has counted Some\(Ok\([1-9]",
            )
        },
        ..BOUND
    },
];

/// The handler at the end wrote to the device, which counted that.
fn counts(run: &mut Run, says: &str) -> Result<()> {
    let machine = &mut run.stage.machine;
    machine.expect(r"\] bound \d+ times")?;
    machine.expect(says).map(drop)
}
