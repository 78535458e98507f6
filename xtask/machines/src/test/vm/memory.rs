// SPDX-License-Identifier: GPL-2.0

//! Each allocation that loading a module takes fails, one a time.

use super::{load::DEBUG, Run, Scenario};
use anyhow::{ensure, Context, Result};
use regex::Regex;

const FAILS: Scenario = Scenario {
    script: "fail_nth.sh",
    seconds: 1800,
    verdict: failed_cleanly,
    ..DEBUG
};

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "failslab-panic-broadcaster",
        variables: "module=panic_broadcaster parameters=interface=eth0",
        ..FAILS
    },
    Scenario {
        name: "failslab-hears-all",
        variables: "module=hears_all",
        ..FAILS
    },
    Scenario {
        name: "failslab-exception-monitor",
        variables: "module=exception_monitor",
        ..FAILS
    },
];

/// Loading has failed, for want of memory; and when nothing failed, it succeeded.
fn failed_cleanly(run: &mut Run) -> Result<()> {
    run.ended_well()?;
    let console = run.stage.machine.lines();
    let said = |pattern: &str| -> Result<(&str, u32)> {
        let pattern = Regex::new(pattern)?;
        let found = console.iter().find_map(|line| pattern.captures(line));
        let found = found.with_context(|| format!("no line of the guest has {pattern}"))?;
        let (_, [module, number]) = found.extract();
        Ok((module, number.parse()?))
    };
    let (module, failures) = said(r"\] (\w+): each of (\d+) allocations has failed, one a time$")?;
    let (_, refused) = said(r"\] (\w+): refused (\d+) times: Cannot allocate memory$")?;
    // The kernel can do without some of them, such as those of KASAN.
    ensure!(
        refused > failures / 2,
        "of {failures} failed allocations, only {refused} were told"
    );
    println!(
        "     {module}: {failures} failed allocations, of which {refused} made loading fail with ENOMEM"
    );
    Ok(())
}
