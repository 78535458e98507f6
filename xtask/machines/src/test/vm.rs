// SPDX-License-Identifier: GPL-2.0

//! Suite `vm`: whole machines.

mod alarm;
mod bound;
mod broadcast;
mod bus;
mod capture;
mod clk;
mod cpu_pm;
mod cpufreq;
mod deaths;
mod driver;
mod events;
mod handlers;
mod kdump;
mod kmsg_dump;
mod load;
mod memory;
mod memory_events;
mod metadata;
mod network;
mod package;
mod pm;
mod root;
mod sys_off;
mod task;
mod trees;
mod usb_events;

pub use broadcast::SYSRQ;

use super::{
    pool::{Job, Needs},
    report::Report,
    splat,
    states::{Booted, States},
    Bench,
};
use crate::{
    arch::Arch,
    kernel::Flavour,
    machine::Machine,
    model::Model,
    modules, pace,
    stage::{Ended, Stage, Task},
    toolbox::Toolbox,
};
use anyhow::{bail, ensure, Result};
use std::{fs, path::Path, time::Duration};

/// How many records the guests are told to broadcast.
pub const RECORDS: usize = 120;

/// A test: what it is called and booted with, and what must come of it.
#[derive(Clone, Copy)]
pub struct Scenario {
    pub name: &'static str,
    /// The kinds of machine on which it is tried. The names of the tests on all but the first have that of the kind in them.
    pub on: &'static [Model],
    /// The one architecture that it is for, if it is not for all of them.
    pub only_on: Option<Arch>,
    /// The guest's script in `tests/vm`, and the variables that it is given.
    pub script: &'static str,
    pub variables: &'static str,
    /// What the kernel is told in its boot.
    pub parameters: &'static str,
    /// Whether it reboots a second after a panic. QEMU ends then.
    pub reboots: bool,
    /// Whether it can load a crash kernel.
    pub kdump: bool,
    /// On the reference machine.
    pub seconds: u64,
    /// What the host does before the guest is given its script.
    pub before: fn(&mut Machine) -> Result<()>,
    pub verdict: fn(&mut Run) -> Result<()>,
    pub heard: Expected,
    /// What the kernel must complain about. Without it, it must not complain at all.
    pub complaint: Option<&'static str>,
    /// What must come of the frames that it sent.
    pub frames: Option<fn(&Toolbox, &Path) -> Result<()>>,
}

/// What must be heard of a machine, once it is off.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Every record that the broadcast had to carry.
    All,
    Nothing,
    /// Anything: the scenario is not about it.
    Any,
    /// The same, and the guest itself sends frames, too.
    Traffic,
}

/// A scenario under way.
pub struct Run {
    pub stage: Stage,
    pub arch: Arch,
}

impl Scenario {
    pub fn booted(&self, model: &Model) -> Booted {
        Booted {
            model: *model,
            parameters: self.parameters,
            kdump: self.kdump,
        }
    }

    /// The name of the test on that kind of machine.
    fn test(&self, model: &Model) -> String {
        if self.on.first() == Some(model) {
            format!("vm/{}", self.name)
        } else {
            format!("vm/{}/{}", self.name, model.name())
        }
    }
}

fn scenarios() -> impl Iterator<Item = &'static Scenario> {
    // Those that take longest come first.
    [
        memory::SCENARIOS,
        bound::SCENARIOS,
        load::SCENARIOS,
        task::SCENARIOS,
        deaths::SCENARIOS,
        handlers::SCENARIOS,
        bus::SCENARIOS,
        clk::SCENARIOS,
        cpu_pm::SCENARIOS,
        cpufreq::SCENARIOS,
        broadcast::SCENARIOS,
        memory_events::SCENARIOS,
        usb_events::SCENARIOS,
        events::SCENARIOS,
        pm::SCENARIOS,
        sys_off::SCENARIOS,
        kmsg_dump::SCENARIOS,
        network::SCENARIOS,
        kdump::SCENARIOS,
    ]
    .into_iter()
    .flatten()
}

/// Each scenario on each kind of machine, with the name of the test.
fn plays(report: &Report) -> impl Iterator<Item = (String, &'static Scenario, Model)> + '_ {
    scenarios().flat_map(|scenario| {
        let on = report.models(scenario.on, scenario.only_on).into_iter();
        on.map(move |model| (scenario.test(&model), scenario, model))
    })
}

/// The names of the wanted tests that boot that kernel.
pub fn tests_on(kernel: Flavour, report: &Report) -> Vec<String> {
    plays(report)
        .filter(|(name, _, model)| model.kernel == kernel && report.wants(name))
        .map(|(name, ..)| name)
        .collect()
}

/// The kernels that the wanted tests boot.
pub fn flavours(report: &Report) -> Vec<Flavour> {
    let theirs = driver::TESTS
        .into_iter()
        .chain(trees::TESTS)
        .chain([alarm::TEST, metadata::TEST, package::TEST])
        .chain(
            [root::TEST, metadata::MADE]
                .into_iter()
                .filter(|_| report.wanted().all_kernels()),
        );
    let theirs = theirs
        .filter(|_| has_builds(report))
        .map(|(name, flavour)| (format!("vm/{name}"), flavour));
    plays(report)
        .map(|(name, _, model)| (name, model.kernel))
        .chain(theirs)
        .filter(|(name, _)| report.wants(name))
        .map(|(_, flavour)| flavour)
        .collect()
}

/// Whether the tests run that build drivers and packages, or listen to the speaker of a PC.
fn has_builds(report: &Report) -> bool {
    report.wanted().arch() == Arch::X86_64
}

/// Where the modules are that the wanted tests take.
pub fn folders(report: &Report) -> &'static [&'static str] {
    let ours = [alarm::TEST.0, driver::WITH_OURS].into_iter();
    let ours = ours
        .filter(|_| has_builds(report))
        .map(|name| format!("vm/{name}"));
    let mut take_ours = plays(report).map(|(name, ..)| name).chain(ours);
    if take_ours.any(|name| report.wants(&name)) {
        &modules::FOLDERS
    } else {
        &[]
    }
}

/// What the wanted tests boot.
pub fn boots(report: &Report) -> impl Iterator<Item = Booted> + '_ {
    plays(report)
        .filter(|(name, ..)| report.wants(name))
        .map(|(_, scenario, model)| scenario.booted(&model))
}

pub fn jobs<'a>(bench: &'a Bench<'a>, report: &'a Report, states: &'a States) -> Vec<Job<'a>> {
    let mut jobs = Vec::new();
    for (name, scenario, model) in plays(report) {
        let booted = scenario.booted(&model);
        let estimate = bench.estimate(&name, Duration::from_secs(scenario.seconds / 10));
        jobs.push(Job::new(booted.needs(), estimate, move || {
            report.test(&name, || {
                let ended = play(
                    bench,
                    report,
                    states,
                    &name,
                    scenario,
                    &model,
                    scenario.verdict,
                )?;
                let traffic = ended.traffic;
                ensure!(
                    traffic.faults.is_empty() || scenario.heard == Expected::Traffic,
                    "{} frames are no valid broadcasts: {}",
                    traffic.faults.len(),
                    traffic.faults[0]
                );
                Ok(())
            });
        }));
    }
    if !has_builds(report) {
        return jobs;
    }
    jobs.extend(driver::jobs(bench, report));
    jobs.extend(trees::jobs(bench, report));
    jobs.push(metadata::job(bench, report));
    jobs.push(package::job(bench, report));
    if report.wanted().all_kernels() {
        jobs.push(root::job(bench, report));
        jobs.push(metadata::made_job(bench, report));
    }
    jobs.push(Job::new(MACHINE, Duration::from_secs(10), || {
        alarm::run(bench, report)
    }));
    jobs
}

/// What a small machine takes that no other starts from.
const MACHINE: Needs = Needs {
    cpus: 1,
    memory_mib: 512,
};

/// Runs the scenario and hears its verdict. Gives what the machine has shown and sent.
pub fn play(
    bench: &Bench<'_>,
    report: &Report,
    states: &States,
    name: &str,
    scenario: &Scenario,
    model: &Model,
    verdict: impl FnOnce(&mut Run) -> Result<()>,
) -> Result<Ended> {
    let log = bench.log(name);
    let pcap = log.with_extension("pcap");
    let task = Task {
        script: scenario.script,
        variables: &format!(
            "records={RECORDS} panic_timeout={} {}",
            u8::from(scenario.reboots),
            scenario.variables
        ),
        before: scenario.before,
        limit: pace::limit(Duration::from_secs(scenario.seconds)),
        log: &log,
        pcap: Some(&pcap),
    };
    let stage = states.open(&scenario.booted(model), &task, bench, report, name)?;
    let mut run = Run {
        stage,
        arch: model.kernel.arch,
    };
    let judged = verdict(&mut run);
    let closed = run.stage.close();
    if let Ok(ended) = &closed {
        // With console and capture, for a person who asks why a test has failed.
        let _ = fs::write(log.with_extension("report"), &ended.report);
    }
    judged?;
    let ended = closed?;
    match scenario.complaint {
        None => splat::none_in(&ended.console)?,
        Some(complaint) => ensure!(
            ended.console.iter().any(|line| line.contains(complaint)),
            "the kernel does not complain of {complaint}"
        ),
    }
    scenario.heard.judge(&ended)?;
    if let Some(frames) = scenario.frames {
        frames(bench.toolbox, &pcap)?;
    }
    Ok(ended)
}

impl Expected {
    fn judge(self, ended: &Ended) -> Result<()> {
        match self {
            Expected::Any | Expected::Traffic => {}
            Expected::Nothing => ensure!(
                ended.report.is_empty(),
                "heard from a machine that was to be silent:\n{}",
                ended.report
            ),
            Expected::All => all_heard(ended, RECORDS)?,
        }
        Ok(())
    }
}

/// Every one of the last records was heard that the broadcast had to carry.
fn all_heard(ended: &Ended, records: usize) -> Result<()> {
    let heard = ended.heard(records)?;
    if let Some(first) = heard.missing.first() {
        bail!(
            "{} of {} records were not heard, the first: {first}",
            heard.missing.len(),
            heard.total
        );
    }
    Ok(())
}

impl Run {
    /// The script ran to its end and the machine switched itself off.
    pub fn ended_well(&mut self) -> Result<()> {
        let machine = &mut self.stage.machine;
        let ended = machine.expect("scenario ended: ")?;
        ensure!(
            ended.ends_with(": 0"),
            "the guest's script fails\n{}",
            machine.tail()
        );
        machine.wait_off()
    }

    /// The machine crashed and its notifiers came to their end.
    fn crashed(&mut self) -> Result<()> {
        self.stage.crash()
    }
}
