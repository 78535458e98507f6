// SPDX-License-Identifier: GPL-2.0

//! Suite `torture`: chains of all kinds, used and changed from everywhere at the same time.

use super::{
    pool::{Job, Needs},
    report::Report,
    splat,
    states::EMULATOR_MIB,
    Bench,
};
use crate::{
    arch::Arch,
    initramfs::{self, Initramfs},
    kernel::{Flavour, Kernel},
    machine::Boot,
    model::{DEBUG_ALONE, PSEUDO_NMI},
    modules, pace,
};
use anyhow::{bail, ensure, Context, Result};
use regex::Regex;
use std::{
    fs,
    path::Path,
    time::{Duration, UNIX_EPOCH},
};

/// How many virtual CPUs the machines have.
const CPUS: [u32; 2] = [2, 4];

/// How long it takes in all, unless one wants more.
pub const MINUTES: u32 = 2;

/// Threads for each CPU.
const THREADS: u32 = 4;

/// What a machine takes to boot, to clean up and to look for leaks, at its slowest.
const AROUND: Duration = Duration::from_secs(240);

pub const MODULE: &str = "notifier_chain_torture";

/// What is done to all chains, as the module calls it.
const DONE: &[&str] = &["heard", "stopped", "registered", "unregistered"];

/// What is done to the module's own chains.
const OWN: &[&str] = &["called in tasks", "chains dropped"];

/// What is done where there is a call with a way back.
const ROBUST: &[&str] = &["robustly", "taken back"];

/// What is done where one may not sleep.
const INTERRUPTS: &[&str] = &["in softirqs", "in hardirqs"];

/// What is done where unregistering does not sleep.
const GOES: &[&str] = &["unregistered in interrupts"];

/// What is done where one may not wait for anything.
const NMI: &[&str] = &["in NMIs"];

/// What is done to a chain that is not called.
const UNCALLED: &[&str] = &["registered", "unregistered"];

/// The kinds, by the module's names for them, and what is done to each.
const KINDS: [(&str, &[&[&str]]); 7] = [
    ("atomic", &[DONE, OWN, INTERRUPTS, NMI]),
    ("blocking", &[DONE, OWN, ROBUST]),
    ("srcu", &[DONE, OWN]),
    ("raw in a mutex", &[DONE, OWN, ROBUST]),
    ("raw in a spin lock", &[DONE, OWN, ROBUST]),
    (
        "raw in a spin lock for interrupts",
        &[DONE, OWN, ROBUST, INTERRUPTS, GOES],
    ),
    ("die", &[DONE, NMI]),
];

/// The same for an architecture. No breakpoint calls the die chain of arm64.
fn kinds(arch: Arch) -> [(&'static str, &'static [&'static [&'static str]]); 7] {
    let mut kinds = KINDS;
    if arch == Arch::Arm64 {
        if let Some((_, done)) = kinds.iter_mut().find(|(kind, _)| *kind == "die") {
            *done = &[UNCALLED];
        }
    }
    kinds
}

/// The kernel for that architecture.
pub fn flavour(report: &Report) -> Flavour {
    Flavour::DEBUG.on(report.wanted().arch())
}

pub fn jobs<'a>(bench: &'a Bench<'a>, report: &'a Report, minutes: u32) -> Vec<Job<'a>> {
    let arch = report.wanted().arch();
    let place = match arch {
        Arch::X86_64 => "torture".to_owned(),
        other => format!("torture/{other}"),
    };
    let jobs = CPUS.map(|cpus| {
        let name = format!("{place}/{cpus}-cpus");
        let seconds = minutes * 60 / CPUS.len() as u32;
        let estimate = Duration::from_secs(seconds.into());
        // One after the other: each machine has the CPUs of the host to itself.
        let needs = needs(usize::MAX);
        Job::new(needs, estimate, move || {
            report.test(&name, || tortured(bench, arch, &name, cpus, seconds))
        })
    });
    jobs.into()
}

/// What a machine under torture takes.
pub fn needs(cpus: usize) -> Needs {
    let memory_mib = u64::from(DEBUG_ALONE.memory_mib) + EMULATOR_MIB;
    Needs { cpus, memory_mib }
}

fn tortured(bench: &Bench<'_>, arch: Arch, name: &str, cpus: u32, seconds: u32) -> Result<()> {
    let target = bench.target(Flavour::DEBUG.on(arch))?;
    let run = Run {
        kernel: &target.kernel,
        module: modules::named(&target.modules, MODULE)?,
        cpus,
        seconds,
        cmdline: match arch {
            Arch::X86_64 => "",
            Arch::Arm64 => PSEUDO_NMI,
        },
        log: name,
        reports: &[],
    };
    let (console, ended) = run.start(bench)?;
    // What the kernel or the module complains of says more than that it did not come to its end.
    splat::none_in(&console)?;
    if let Some(violated) = console.iter().find(|line| line.contains("violated: ")) {
        bail!("{violated}");
    }
    ended?;
    everything_was_done(&format!("{cpus}-cpus"), kinds(arch), &console)
}

/// A machine with chains under torture.
pub struct Run<'a> {
    pub kernel: &'a Kernel,
    pub module: &'a Path,
    pub cpus: u32,
    pub seconds: u32,
    /// What the kernel is told besides.
    pub cmdline: &'a str,
    pub log: &'a str,
    /// Pieces of lines that end it, too.
    pub reports: &'a [String],
}

impl Run<'_> {
    /// Gives what the console showed, and whether all ended as it should.
    pub fn start(&self, bench: &Bench<'_>) -> Result<(Vec<String>, Result<()>)> {
        let folder = tempfile::tempdir()?;
        let initramfs = folder.path().join("initramfs");
        Initramfs::new(bench.toolbox, self.kernel.flavour.arch)?
            .scenario(&fs::read(initramfs::guest("torture.sh"))?)?
            .module(self.module)?
            .write(&initramfs)?;
        let (cpus, seconds) = (self.cpus, self.seconds);
        let threads = THREADS * cpus;
        // Another one each time. The console shows it.
        let seed = UNIX_EPOCH.elapsed()?.as_secs();
        let mut machine = Boot {
            model: DEBUG_ALONE.on(self.kernel.flavour.arch).with_cpus(cpus),
            kernel: self.kernel,
            initramfs: &initramfs,
            cmdline: &format!(
                "panic=-1 kunit.autorun=0 seconds={seconds} cpus={cpus} threads={threads} seed={seed} {}",
                self.cmdline
            ),
            frames_to: None,
            disk: None,
            sound: None,
            log: &bench.log(self.log),
            limit: Duration::from_secs(seconds.into()) + pace::limit(AROUND),
        }
        .start(bench.toolbox)?;
        let ends = self.reports.iter().map(|report| regex::escape(report));
        let ends = ["scenario ended: ".to_owned()].into_iter().chain(ends);
        let ends = ends.collect::<Vec<_>>().join("|");
        let ended = machine.expect(&ends).and_then(|ended| {
            ensure!(
                ended.ends_with(": 0"),
                "the guest's script fails\n{}",
                machine.tail()
            );
            machine.wait_off()
        });
        Ok((machine.lines(), ended))
    }
}

/// Each operation was really done to each kind of chain, and none broke a rule.
fn everything_was_done(
    test: &str,
    kinds: [(&str, &[&[&str]]); 7],
    console: &[String],
) -> Result<()> {
    let said = |pattern: &str| -> Result<String> {
        let pattern = Regex::new(&format!(r"\] {MODULE}: {pattern}"))?;
        let found = console.iter().find_map(|line| pattern.captures(line));
        let found = found.with_context(|| format!("the module does not say: {pattern}"))?;
        Ok(found[1].to_owned())
    };
    said("rules were broken (0) times$")?;
    for (kind, wanted) in kinds {
        let line = said(&format!("{}: (.*)$", regex::escape(kind)))?;
        println!("     {test}, {kind}: {line}");
        for what in wanted.concat() {
            let count = line.split(", ").find_map(|part| {
                let (count, done) = part.split_once(' ')?;
                (done == what).then_some(count)
            });
            ensure!(
                count.is_some_and(|count| count != "0"),
                "{kind}: nothing was {what}: {line}"
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the module says of a kind to which everything was done once.
    fn all(kind: &str) -> String {
        format!(
            "[    9.0] {MODULE}: {kind}: 1 called in tasks, 1 in softirqs, 1 in hardirqs, 1 in NMIs, 1 robustly, \
             1 heard, 1 stopped, 1 taken back, 1 registered, 1 unregistered, 1 unregistered in interrupts, \
             1 chains dropped"
        )
    }

    #[test]
    fn what_was_not_done_is_seen() {
        let end = format!("[    9.0] {MODULE}: rules were broken 0 times");
        let mut console = vec![end];
        console.extend(KINDS.map(|(kind, _)| all(kind)));
        assert!(everything_was_done("", KINDS, &console).is_ok());
        console[2] = console[2].replace("1 taken back", "0 taken back");
        assert!(everything_was_done("", KINDS, &console).is_err());
        console[2] = all("blocking");
        console[0] = console[0].replace("0 times", "1 times");
        assert!(everything_was_done("", KINDS, &console).is_err());
    }
}
