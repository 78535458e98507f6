// SPDX-License-Identifier: GPL-2.0

//! Panics of all kinds, each of which must be heard.

use super::{capture, Run, Scenario, E1000, VIRTIO};
use crate::kernel::Flavour::{Debug, Lean};
use anyhow::{ensure, Context, Result};

pub const SYSRQ: Scenario = Scenario {
    name: "sysrq",
    flavour: Lean,
    nic: VIRTIO,
    script: "sysrq.sh",
    variables: "",
    modules: &[],
    reboots: false,
    kdump: false,
    programs: &[],
    seconds: 120,
    verdict: Run::heard_all,
    complaint: None,
    frames: None,
};

const DEBUG: Scenario = Scenario {
    name: "sysrq-debug",
    flavour: Debug,
    ..SYSRQ
};

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        frames: Some(capture::read_by_others),
        ..SYSRQ
    },
    DEBUG,
    Scenario {
        name: "sysrq-e1000",
        nic: E1000,
        ..DEBUG
    },
    Scenario {
        name: "no-allocation",
        script: "failslab.sh",
        verdict: no_allocation,
        ..DEBUG
    },
    Scenario {
        name: "no-carrier",
        script: "no_carrier.sh",
        verdict: no_carrier,
        ..SYSRQ
    },
];

/// Allocations failed before the panic, so that they would have failed in it; none was tried there.
fn no_allocation(run: &mut Run) -> Result<()> {
    run.heard_all()?;
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
    // Long before the guest's first script.
    run.stage.machine.set_link(0, false)?;
    run.stage
        .machine
        .expect(r"\] panic_broadcaster: .*eth0.*carrier")?;
    run.stage.machine.expect("loaded without a carrier")?;
    run.stage.machine.set_link(0, true)?;
    run.heard_all()
}
