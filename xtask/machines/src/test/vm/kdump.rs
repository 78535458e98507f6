// SPDX-License-Identifier: GPL-2.0

//! Panics of a machine that has a crash kernel loaded.

use super::{broadcast::SYSRQ, Expected, Run, Scenario};
use crate::model::{DEBIAN, LEAN};
use anyhow::{ensure, Result};

const KDUMP: Scenario = Scenario {
    on: &[LEAN, DEBIAN],
    name: "kdump",
    script: "kdump.sh",
    kdump: true,
    verdict: kdump_alone,
    heard: Expected::Nothing,
    ..SYSRQ
};

pub const SCENARIOS: &[Scenario] = &[
    KDUMP,
    Scenario {
        name: "kdump-after-notifiers",
        variables: "settings=/sys/module/kernel/parameters/crash_kexec_post_notifiers=1",
        verdict: kdump_after_notifiers,
        heard: Expected::All,
        ..KDUMP
    },
];

/// The crash kernel comes at once, and no handler is called.
fn kdump_alone(run: &mut Run) -> Result<()> {
    run.crashed()?;
    dumped(run)?;
    let heard = hears(run);
    ensure!(heard.is_empty(), "handlers were called: {heard:#?}");
    Ok(())
}

/// The crash kernel comes after the handlers, who know that it will.
fn kdump_after_notifiers(run: &mut Run) -> Result<()> {
    run.crashed()?;
    dumped(run)?;
    let heard = hears(run);
    ensure!(
        heard.len() == 2
            && heard
                .iter()
                .all(|line| line.ends_with("hears: sysrq triggered crash; kdump loaded: true")),
        "this is not what two handlers must have heard: {heard:#?}"
    );
    Ok(())
}

/// The crash kernel has booted and sees the memory of the one that crashed.
fn dumped(run: &mut Run) -> Result<()> {
    run.stage
        .machine
        .expect(r"the crash kernel sees a ELF file of [1-9]\d{6,} bytes")?;
    run.ended_well()
}

/// What the handlers say.
fn hears(run: &Run) -> Vec<String> {
    let mut lines = run.stage.machine.lines();
    lines.retain(|line| line.contains(" hears: "));
    lines
}
