// SPDX-License-Identifier: GPL-2.0

//! The module comes and goes, is refused, and loses its device.

use super::{Expected, Run, Scenario};
use crate::model;
use anyhow::{ensure, Context, Result};
use regex::Regex;
use std::collections::HashSet;

pub const DEBUG: Scenario = Scenario {
    name: "",
    on: &[model::DEBUG],
    only_on: None,
    script: "",
    variables: "",
    parameters: "",
    reboots: false,
    kdump: false,
    seconds: 180,
    before: |_| Ok(()),
    verdict: Run::ended_well,
    heard: Expected::Any,
    complaint: None,
    frames: None,
};

/// The same on a distribution's kernel.
pub const STOCK: Scenario = Scenario {
    on: &[model::DEBUG, model::DEBIAN],
    ..DEBUG
};

/// Only on a distribution's kernel.
const ONLY_STOCK: Scenario = Scenario {
    on: &[model::DEBIAN],
    ..DEBUG
};

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "samples-come-and-go",
        script: "samples.sh",
        ..STOCK
    },
    Scenario {
        name: "unsigned-module-is-refused",
        script: "signed.sh",
        parameters: "module.sig_enforce=1",
        verdict: |run| not_signed(run, "Key was rejected by service"),
        ..ONLY_STOCK
    },
    Scenario {
        name: "unsigned-module-is-refused-in-lockdown",
        script: "signed.sh",
        parameters: "lockdown=integrity",
        verdict: |run| not_signed(run, "Operation not permitted"),
        ..ONLY_STOCK
    },
    Scenario {
        name: "unloaded-while-called",
        script: "unload.sh",
        variables: "rounds=300",
        seconds: 900,
        verdict: unloaded_while_called,
        ..DEBUG
    },
    Scenario {
        name: "reload-100-times",
        script: "reload.sh",
        seconds: 400,
        ..DEBUG
    },
    Scenario {
        name: "bad-parameters",
        script: "bad_parameters.sh",
        verdict: bad_parameters,
        ..DEBUG
    },
    Scenario {
        name: "brings-the-interface-up",
        script: "brings_up.sh",
        ..STOCK
    },
    Scenario {
        name: "interface-goes-down",
        script: "down.sh",
        verdict: Run::crashed,
        heard: Expected::Nothing,
        ..STOCK
    },
    Scenario {
        name: "device-goes-away",
        script: "unregister.sh",
        verdict: Run::crashed,
        heard: Expected::Nothing,
        ..DEBUG
    },
    Scenario {
        name: "device-comes-back",
        script: "comes_back.sh",
        verdict: Run::crashed,
        heard: Expected::All,
        ..STOCK
    },
    Scenario {
        name: "blocking-chain-in-itself",
        script: "recursion.sh",
        verdict: answered_itself,
        complaint: Some("WARNING: possible recursive locking detected"),
        ..DEBUG
    },
];

/// What insmod must say (it is the errno's text), beside the parameter that the guest tries.
const REFUSALS: [(&str, &str); 7] = [
    ("interface=nosuch0", "No such device"),
    ("interface=cable0", "Operation not supported"),
    ("port=0", "Invalid argument"),
    (
        "port=70000",
        "Numerical result out of range|Invalid argument",
    ),
    (
        "records=-1",
        "Numerical result out of range|Invalid argument",
    ),
    ("limit=0", "Invalid argument"),
    ("limit=600001", "Invalid argument"),
];

fn bad_parameters(run: &mut Run) -> Result<()> {
    run.ended_well()?;
    let console = run.stage.machine.lines();
    for (parameter, errno) in REFUSALS {
        let mark = |word: &str| {
            console
                .iter()
                .position(|line| line.ends_with(&format!("] {word} {parameter}")))
        };
        let begin = mark("trying").with_context(|| format!("{parameter} was not tried"))?;
        let end = mark("tried").with_context(|| format!("{parameter} was not refused"))?;
        let lines = &console[begin + 1..end];

        let insmod = Regex::new(&format!(r"\] insmod: .*: ({errno})$"))?;
        ensure!(
            lines.iter().any(|line| insmod.is_match(line)),
            "{parameter}: not the right errno: {lines:#?}"
        );
        // Busybox's insmod tries twice, in both ways that there are: one line a try, the same one.
        let ours: HashSet<_> = lines
            .iter()
            .filter_map(|line| line.split_once("] panic_broadcaster: "))
            .map(|(_, said)| said)
            .collect();
        let tries = lines
            .iter()
            .filter(|line| line.contains("] panic_broadcaster: "))
            .count();
        let (name, value) = parameter
            .split_once('=')
            .context("a parameter without a value")?;
        ensure!(
            ours.len() == 1
                && tries <= 2
                && ours
                    .iter()
                    .all(|said| said.contains(name) && said.contains(value)),
            "{parameter}: not one line that names both: {lines:#?}"
        );
    }
    Ok(())
}

/// insmod has the errno's text, and module-key one sentence.
fn not_signed(run: &mut Run, errno: &str) -> Result<()> {
    run.ended_well()?;
    let console = run.stage.machine.lines();
    let says = |words: &str| console.iter().filter(|line| line.contains(words)).count();
    let insmod = format!("panic_broadcaster.ko': {errno}");
    ensure!(says(&insmod) > 0, "insmod does not say {errno:?}");
    let sentence = "module-key: this machine loads only modules that are signed with a key that it knows (Secure Boot), and it does not know the key of DKMS; as root, run \"dkms generate_mok\", then \"mokutil --import /var/lib/dkms/mok.pub\"";
    ensure!(
        says(sentence) == 1 && says("module-key: ") == 1,
        "module-key does not say {sentence:?} alone"
    );
    Ok(())
}

/// Each chain was called all the time, and saw nearly every round: one is missed when the host stops the guest's second
/// CPU for all of it.
fn unloaded_while_called(run: &mut Run) -> Result<()> {
    run.ended_well()?;
    let counts = Regex::new(r"\] (\w+): \d+ calls, \d+ heard, (\d+) times gone")?;
    for kind in ["atomic", "blocking", "srcu", "raw"] {
        let lines = run.stage.machine.lines();
        let gone: u32 = lines
            .iter()
            .filter_map(|line| counts.captures(line))
            .find(|counts| &counts[1] == kind)
            .with_context(|| format!("nothing is said of the {kind} chain"))?[2]
            .parse()?;
        ensure!(
            gone >= 270,
            "the {kind} chain saw only {gone} of 300 times that its handler went"
        );
    }
    Ok(())
}

/// Lockdep objects, and as nobody waits to write, the call comes to its end.
fn answered_itself(run: &mut Run) -> Result<()> {
    run.stage
        .machine
        .expect("its own chain answered NOTIFY_STOP")?;
    run.ended_well()
}
