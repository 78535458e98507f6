// SPDX-License-Identifier: GPL-2.0

//! The machine sleeps, and handlers on the PM chain hear of it.

use super::{
    handlers::same,
    load::{DEBUG, STOCK},
    Run, Scenario,
};
use crate::{arch::Arch, model::DEBIAN};
use anyhow::{ensure, Context, Result};

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "pm-events",
        // The debug kernel has neither hibernation nor an alarm that wakes it.
        on: &[DEBIAN],
        script: "pm_events.sh",
        verdict: is_told,
        // Whether the clock of QEMU's arm64 machine ends a suspend was not tried.
        only_on: Some(Arch::X86_64),
        ..STOCK
    },
    Scenario {
        name: "pm-sleeps",
        script: "pm_sleeps.sh",
        verdict: sleeps,
        ..DEBUG
    },
];

/// What the guest tries, and what the three handlers must hear of it in this order.
const TRIED: [(&str, &[&str]); 8] = [
    (
        "suspend",
        &[
            "first hears: SuspendPrepare",
            "middle hears: SuspendPrepare",
            "last hears: SuspendPrepare",
            "first hears: PostSuspend",
            "middle hears: PostSuspend",
            "last hears: PostSuspend",
        ],
    ),
    (
        "hibernate",
        &[
            "first hears: HibernationPrepare",
            "middle hears: HibernationPrepare",
            "last hears: HibernationPrepare",
            "first hears: PostHibernation",
            "middle hears: PostHibernation",
            "last hears: PostHibernation",
        ],
    ),
    (
        "restore",
        &[
            "first hears: RestorePrepare",
            "middle hears: RestorePrepare",
            "last hears: RestorePrepare",
            "first hears: PostRestore",
            "middle hears: PostRestore",
            "last hears: PostRestore",
        ],
    ),
    (
        "refused suspend",
        &[
            "first hears: SuspendPrepare",
            "middle hears: SuspendPrepare",
            "first hears: PostSuspend",
        ],
    ),
    (
        "refused hibernate",
        &[
            "first hears: HibernationPrepare",
            "middle hears: HibernationPrepare",
            "first hears: PostHibernation",
        ],
    ),
    (
        "refused restore",
        &[
            "first hears: RestorePrepare",
            "middle hears: RestorePrepare",
            "first hears: PostRestore",
        ],
    ),
    (
        "refused too late",
        &[
            "first hears: SuspendPrepare",
            "middle hears: SuspendPrepare",
            "last hears: SuspendPrepare",
            "first hears: PostSuspend",
            "middle hears: PostSuspend",
        ],
    ),
    ("nobody", &[]),
];

/// With `pm_test`, which only a kernel with `CONFIG_PM_DEBUG` has.
fn sleeps(run: &mut Run) -> Result<()> {
    run.ended_well()?;
    let console = run.stage.machine.lines();
    let said: Vec<_> = console.split(|line| line.contains("] trying ")).collect();
    let tried = ["suspend", "refused suspend"];
    ensure!(
        said.len() == tried.len() + 1,
        "the guest does not try it all"
    );
    for (way, said) in tried.iter().zip(&said[1..]) {
        let of_way = TRIED.iter().find(|(tried, _)| tried == way);
        let (_, hears) = of_way.context("there is no such way")?;
        let hears = hears.iter().map(|line| (*line).to_owned());
        same(said, "pm_events", hears.collect()).context(*way)?;
        let sleeps = said
            .iter()
            .any(|line| line.contains("suspend debug: Waiting"));
        ensure!(sleeps == (*way == "suspend"), "{way}: sleeps, or does not");
    }
    Ok(())
}

fn is_told(run: &mut Run) -> Result<()> {
    run.ended_well()?;
    let console = run.stage.machine.lines();
    let said: Vec<_> = console.split(|line| line.contains("] trying ")).collect();
    ensure!(
        said.len() == TRIED.len() + 1,
        "the guest does not try it all"
    );
    for ((tried, hears), said) in TRIED.iter().zip(&said[1..]) {
        let hears = hears.iter().map(|line| (*line).to_owned());
        same(said, "pm_events", hears.collect()).context(*tried)?;
        let says = |words| said.iter().any(|line: &String| line.contains(words));
        let is_refused = tried.starts_with("refused ") && *tried != "refused too late";
        let is_suspended = !is_refused && !matches!(*tried, "hibernate" | "restore");
        ensure!(
            says("resource busy") == (is_refused || is_suspended),
            "{tried}: fails, or does not"
        );
        ensure!(
            says("Freezing user space processes") == is_suspended,
            "{tried}: freezes processes, or does not"
        );
    }
    Ok(())
}
