// SPDX-License-Identifier: GPL-2.0

//! The log is dumped, and handlers hear of it and read it.

use super::{handlers::same, load::DEBUG, Run, Scenario};
use crate::model;
use anyhow::Result;

const STOCK: Scenario = Scenario {
    on: &[model::LEAN, model::DEBIAN],
    script: "kmsg_events.sh",
    ..DEBUG
};

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "kmsg-dump-panic",
        variables: "event=panic",
        verdict: |run| {
            run.stage.machine.expect("kmsg_events: second hears: ")?;
            dumps(run, "Panic: sysrq triggered crash", None)
        },
        ..STOCK
    },
    Scenario {
        name: "kmsg-dump-oops",
        variables: "event=oops",
        verdict: |run| {
            run.ended_well()?;
            dumps(run, "Oops: nothing", Some("Shutdown: nothing"))
        },
        complaint: Some("kernel NULL pointer dereference"),
        ..STOCK
    },
    Scenario {
        name: "kmsg-dump-emergency",
        variables: "event=emergency",
        verdict: |run| {
            run.stage.machine.wait_off()?;
            let console = run.stage.machine.lines();
            let wanted = vec!["second hears: Emergency: nothing".to_owned()];
            same(&console, "kmsg_events", wanted)
        },
        ..STOCK
    },
];

/// Both handlers hear that, and the first one reads what the guest has logged. The second one hears the rest alone.
fn dumps(run: &mut Run, reason: &str, rest: Option<&str>) -> Result<()> {
    let console = run.stage.machine.lines();
    let mut wanted = vec![
        format!("first hears: {reason}"),
        "first reads: Some([])".to_owned(),
        r#"first reads: "log line 1 of 2: the pump runs at 1401 rpm, valve 1 is open\n""#
            .to_owned(),
        r#"first reads: "log line 2 of 2: the pump runs at 1402 rpm, valve 2 is open\n""#
            .to_owned(),
        format!("second hears: {reason}"),
    ];
    wanted.extend(rest.map(|rest| format!("second hears: {rest}")));
    same(&console, "kmsg_events", wanted)
}
