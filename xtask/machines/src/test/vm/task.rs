// SPDX-License-Identifier: GPL-2.0

//! Processes exit and are delivered signals, and a module hears of it.

use super::{load::DEBUG, Run, Scenario};
use crate::model::LEAN;
use anyhow::{ensure, Context, Result};
use regex::Regex;

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "task_events",
        script: "task_events.sh",
        variables: "processes=5000",
        seconds: 400,
        verdict: all_seen,
        ..DEBUG
    },
    Scenario {
        name: "task_attach",
        script: "task_attach.sh",
        variables: "processes=5000",
        seconds: 400,
        verdict: came_and_went,
        ..DEBUG
    },
    Scenario {
        name: "task_no_tracepoints",
        on: &[LEAN],
        script: "task_no_tracepoints.sh",
        verdict: refused,
        ..DEBUG
    },
];

fn all_seen(run: &mut Run) -> Result<()> {
    run.ended_well()?;
    for what in ["exits", "signals"] {
        let said = said(run, &format!("task_events: {what}: (.*)"))?;
        ensure!(
            said == ["5000 once, 0 more than once, 0 never, 0 wrong"],
            "{what}: {said:?}"
        );
    }
    let visits = number(run, r"task_events: visitors: (\d+), .*")?;
    let calls = number(run, r"task_events: visitors: .*, called (\d+) times")?;
    ensure!(
        visits > 20 && calls > 100,
        "{visits} visitors were called {calls} times: too few to tell anything"
    );
    Ok(())
}

fn came_and_went(run: &mut Run) -> Result<()> {
    run.ended_well()?;
    let loads = number(run, r"loaded (\d+) times")?;
    ensure!(loads > 10, "loaded {loads} times: too few to tell anything");
    for what in ["exits", "signals"] {
        let said = said(
            run,
            &format!("task_events: {what}: .*, 0 more than once, .*, (.*) wrong"),
        )?;
        ensure!(said.len() == loads, "{what}: {said:?}");
    }
    Ok(())
}

fn refused(run: &mut Run) -> Result<()> {
    run.ended_well()?;
    said(
        run,
        "task_events: (this kernel has no tracepoint sched_process_exit)",
    )?;
    said(run, "insmod: .*: (Operation not supported)")?;
    Ok(())
}

/// What the console says behind the pattern, each time.
fn said(run: &Run, pattern: &str) -> Result<Vec<String>> {
    let pattern = Regex::new(&format!(r"\] {pattern}$"))?;
    let console = run.stage.machine.lines();
    let said: Vec<_> = console
        .iter()
        .filter_map(|line| Some(pattern.captures(line)?[1].to_owned()))
        .collect();
    ensure!(!said.is_empty(), "the console does not say {pattern}");
    Ok(said)
}

/// The number that the console says behind the pattern.
fn number(run: &Run, pattern: &str) -> Result<usize> {
    let said = said(run, pattern)?;
    said[0].parse().context("no number")
}
