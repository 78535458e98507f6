// SPDX-License-Identifier: GPL-2.0

//! Each allocation that loading a module takes fails, one a time.

use super::{load::DEBUG, Run, Scenario};
use anyhow::{ensure, Context, Result};
use regex::Regex;

// `rcu_expedited`: each load that fails waits for grace periods, one after the other, as does each unload.
// `nowatchdog`: when the host is busy, the machine stands still for so long that it takes itself for locked up.
const FAILS: Scenario = Scenario {
    script: "fail_nth.sh",
    programs: &["fail_nth"],
    seconds: 1800,
    verdict: failed_cleanly,
    ..DEBUG
};

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "failslab-panic-broadcaster",
        variables:
            "nowatchdog rcupdate.rcu_expedited=1 module=panic_broadcaster parameters=interface=eth0",
        modules: &["hostile"],
        ..FAILS
    },
    Scenario {
        name: "failslab-hears-all",
        variables: "nowatchdog rcupdate.rcu_expedited=1 module=hears_all",
        modules: &["hears_all", "hostile"],
        ..FAILS
    },
    Scenario {
        name: "failslab-exception-monitor",
        variables: "nowatchdog rcupdate.rcu_expedited=1 module=exception_monitor",
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
    let failures = number(r": each of (\d+) allocations has failed, one a time$")?;
    let refused = number(r": refused (\d+) times: Cannot allocate memory$")?;
    // The kernel can do without some of them, such as those of KASAN.
    ensure!(
        refused > failures / 2,
        "of {failures} failed allocations, only {refused} were told"
    );
    println!(
        "     {failures} failed allocations, of which {refused} made loading fail with ENOMEM"
    );
    Ok(())
}
