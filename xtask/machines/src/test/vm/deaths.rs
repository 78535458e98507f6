// SPDX-License-Identifier: GPL-2.0

//! What types cannot refuse ends before it does harm.

use super::{load::DEBUG, Run, Scenario};
use crate::model;
use anyhow::{ensure, Result};

/// With and without `CONFIG_PREEMPT_RCU`, and with KASAN.
const DIES: Scenario = Scenario {
    on: &[model::LEAN, model::DEBIAN, model::DEBUG],
    script: "drops_its_own.sh",
    verdict: died,
    ..DEBUG
};

/// The callback waits for itself.
const WAITS: Scenario = Scenario {
    verdict: waits,
    complaint: Some("drops_its_own: dropping a registration has taken 30 s"),
    ..DIES
};

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "drops-its-own-blocking",
        variables: "chain=1 wait=33",
        ..WAITS
    },
    Scenario {
        name: "drops-its-own-srcu",
        variables: "chain=2 wait=33",
        ..WAITS
    },
    Scenario {
        name: "drops-its-own-atomic",
        variables: "chain=0 wait=2",
        complaint: Some("drops_its_own: this must not sleep: a notifier registers, drops a registration, or makes a Sleepable"),
        ..DIES
    },
    Scenario {
        name: "drops-its-own-locked",
        variables: "chain=3 wait=2",
        complaint: Some("a handler drops a registration on its own raw chain"),
        ..DIES
    },
    Scenario {
        name: "drops-its-own-spin-locked",
        variables: "chain=4 wait=2",
        complaint: Some("a handler drops a registration on its own raw chain"),
        ..DIES
    },
    Scenario {
        name: "die-handler-cannot-stop-bug",
        script: "stops_oops.sh",
        verdict: dies_all_the_same,
        complaint: Some("kernel BUG at "),
        ..DIES
    },
    Scenario {
        name: "sleepable-in-atomic-handler",
        variables: "chain=5 wait=2",
        complaint: Some("drops_its_own: this must not sleep: "),
        ..DIES
    },
];

/// The task that did it is killed.
fn died(run: &mut Run) -> Result<()> {
    run.stage.machine.expect("kernel BUG at ")?;
    waits(run)
}

/// The handler was asked, and answered; the task is killed by SIGSEGV.
fn dies_all_the_same(run: &mut Run) -> Result<()> {
    let machine = &mut run.stage.machine;
    machine.expect(r"stops_oops: Event \{ kind: Oops, ")?;
    machine.expect(r"the task with the BUG\(\) ended: 139")?;
    run.ended_well()
}

/// The task that did it gets no farther, and the machine lives on.
fn waits(run: &mut Run) -> Result<()> {
    run.ended_well()?;
    let console = run.stage.machine.lines();
    ensure!(
        !console.iter().any(|line| line.ends_with("it goes on")),
        "the handler goes on"
    );
    Ok(())
}
