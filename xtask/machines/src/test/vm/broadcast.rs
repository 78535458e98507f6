// SPDX-License-Identifier: GPL-2.0

//! Panics of all kinds, each of which must be heard.

use super::{capture, Expected, Run, Scenario};
use crate::model::{DEBIAN, DEBUG, DEBUG_E1000, LEAN};
use anyhow::{ensure, Context, Result};

pub const SYSRQ: Scenario = Scenario {
    name: "sysrq",
    on: &[LEAN],
    only_on: None,
    script: "sysrq.sh",
    variables: "",
    parameters: "",
    reboots: false,
    kdump: false,
    seconds: 120,
    before: |_| Ok(()),
    verdict: Run::crashed,
    heard: Expected::All,
    complaint: None,
    frames: None,
};

const ON_DEBUG: Scenario = Scenario {
    name: "sysrq-debug",
    on: &[DEBUG],
    ..SYSRQ
};

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        on: &[LEAN, DEBIAN],
        frames: Some(capture::read_by_others),
        ..SYSRQ
    },
    ON_DEBUG,
    Scenario {
        name: "sysrq-e1000",
        on: &[DEBUG_E1000],
        ..ON_DEBUG
    },
    Scenario {
        name: "no-allocation",
        script: "failslab.sh",
        verdict: no_allocation,
        ..ON_DEBUG
    },
    Scenario {
        name: "no-carrier",
        script: "no_carrier.sh",
        // Long before the guest looks.
        before: |machine| machine.set_link(false),
        verdict: no_carrier,
        ..SYSRQ
    },
];

/// Allocations failed before the panic, so that they would have failed in it; none was tried there.
fn no_allocation(run: &mut Run) -> Result<()> {
    run.crashed()?;
    let console = run.stage.machine.lines();
    let panic = console
        .iter()
        .position(|line| line.contains("Kernel panic"))
        .context("no panic")?;
    let (before, after) = console.split_at(panic);
    let failed = |line: &&String| line.contains("FAULT_INJECTION: forcing a failure");
    ensure!(
        before.iter().any(|line| failed(&line)),
        "no allocation failed before the panic: it proves nothing"
    );
    let tried = after.iter().filter(failed).count();
    ensure!(
        tried == 0,
        "{tried} allocations were tried in the panic\n{}",
        run.stage.machine.tail()
    );
    Ok(())
}

fn no_carrier(run: &mut Run) -> Result<()> {
    run.stage
        .machine
        .expect(r"\] panic_broadcaster: .*eth0.*carrier")?;
    run.stage.machine.expect("loaded without a carrier")?;
    run.stage.machine.set_link(true)?;
    run.crashed()
}
