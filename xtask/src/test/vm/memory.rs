// SPDX-License-Identifier: GPL-2.0

//! Each allocation that loading a module takes fails, one a time.

use super::{load::DEBUG, Run, Scenario};
use anyhow::{ensure, Context, Result};
use regex::Regex;

// `nowatchdog`: when the host is busy, the machine stands still for so long that it takes itself for locked up.
const FAILS: Scenario = Scenario {
    script: "fail_nth.sh",
    programs: &["fail_nth"],
    seconds: 900,
    verdict: failed_cleanly,
    ..DEBUG
};

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        // Most of them are for its packets, and alike. All of them take a quarter of an hour.
        name: "failslab-panic-broadcaster",
        variables: "nowatchdog module=panic_broadcaster parameters=interface=eth0 first=300 last=30 step=15",
        modules: &["hostile"],
        ..FAILS
    },
    Scenario {
        name: "failslab-hears-all",
        variables: "nowatchdog module=hears_all first=0 last=0 step=1",
        modules: &["hears_all", "hostile"],
        ..FAILS
    },
    Scenario {
        name: "failslab-exception-monitor",
        variables: "nowatchdog module=exception_monitor first=0 last=0 step=1",
        modules: &["exception_monitor", "hostile"],
        ..FAILS
    },
];

/// Loading has failed, for want of memory; and when nothing failed, it succeeded.
fn failed_cleanly(run: &mut Run) -> Result<()> {
    run.ended_well()?;
    let console = run.stage.machine.lines();
    let number = |pattern: &str| -> Result<u32> {
        let pattern = Regex::new(pattern)?;
        let found = console.iter().find_map(|line| pattern.captures(line));
        let found = found.with_context(|| format!("nobody says {pattern}"))?;
        Ok(found[1].parse()?)
    };
    let failures = number(r": (\d+) of \d+ allocations have failed, one a time$")?;
    let refused = number(r": refused (\d+) times: Cannot allocate memory$")?;
    // For each allocation, kmemleak and KASAN make theirs, which they can do without.
    ensure!(
        refused > failures / 4,
        "of {failures} failed allocations, only {refused} were told"
    );
    println!(
        "     {failures} failed allocations, of which {refused} made loading fail with ENOMEM"
    );
    Ok(())
}
