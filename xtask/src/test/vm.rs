// SPDX-License-Identifier: GPL-2.0

//! Suite `vm`: whole machines.

mod alarm;
mod broadcast;
mod capture;
mod driver;
mod events;
mod handlers;
mod kdump;
mod load;
mod memory;
mod task;

pub use broadcast::SYSRQ;

use super::{each, report::Report, splat, Bench};
use crate::{
    kernel::Flavour,
    machine::AFTER_NOTIFIERS,
    modules, program,
    relay::Traffic,
    stage::{Heard, Setting, Stage},
    toolbox::Toolbox,
};
use anyhow::{bail, ensure, Result};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

/// How many records the guests are told to broadcast.
pub const RECORDS: usize = 120;

pub const VIRTIO: &str = "virtio-net-pci";
pub const E1000: &str = "e1000";

/// A test: what it is called and booted with, and what must come of it.
#[derive(Clone, Copy)]
pub struct Scenario {
    pub name: &'static str,
    pub flavour: Flavour,
    pub nic: &'static str,
    /// The guest's script in `tests/vm`, and the variables that it is given.
    pub script: &'static str,
    pub variables: &'static str,
    /// Modules beside the broadcaster.
    pub modules: &'static [&'static str],
    /// Whether it reboots a second after a panic. QEMU ends then.
    pub reboots: bool,
    /// Whether it can load a crash kernel.
    pub kdump: bool,
    /// Programs that were built beside the modules.
    pub programs: &'static [&'static str],
    pub seconds: u64,
    pub verdict: fn(&mut Run) -> Result<()>,
    /// What the kernel must complain about. Without it, it must not complain at all.
    pub complaint: Option<&'static str>,
    /// What must come of the frames that it sent.
    pub frames: Option<fn(&Toolbox, &Path) -> Result<()>>,
}

/// A scenario under way.
pub struct Run {
    pub stage: Stage,
}

fn scenarios() -> impl Iterator<Item = &'static Scenario> {
    // Those that take longest come first.
    [
        memory::SCENARIOS,
        load::SCENARIOS,
        task::SCENARIOS,
        handlers::SCENARIOS,
        broadcast::SCENARIOS,
        events::SCENARIOS,
        kdump::SCENARIOS,
    ]
    .into_iter()
    .flatten()
}

/// The kernels that the wanted tests boot.
pub fn flavours(report: &Report) -> Vec<Flavour> {
    let theirs = driver::TESTS.into_iter().chain([alarm::TEST]);
    scenarios()
        .map(|scenario| (scenario.name, scenario.flavour))
        .chain(theirs)
        .filter(|(name, _)| report.wants(&format!("vm/{name}")))
        .map(|(_, flavour)| flavour)
        .collect()
}

/// Where the modules are that the wanted tests take.
pub fn folders(report: &Report) -> &'static [&'static str] {
    let mut take_ours = scenarios()
        .map(|scenario| scenario.name)
        .chain([alarm::TEST.0, driver::WITH_OURS]);
    if take_ours.any(|name| report.wants(&format!("vm/{name}"))) {
        &modules::FOLDERS
    } else {
        &[]
    }
}

pub fn run(bench: &Bench<'_>, report: &Report) -> Result<()> {
    let listen = program::panic_listen()?;
    let scenarios: Vec<_> = scenarios().collect();
    each(&scenarios, |scenario| {
        report.test(&format!("vm/{}", scenario.name), || {
            let traffic = play(bench, "vm", scenario, &listen, scenario.verdict)?;
            ensure!(
                traffic.faults.is_empty(),
                "{} frames are no valid broadcasts: {}",
                traffic.faults.len(),
                traffic.faults[0]
            );
            Ok(())
        });
    });
    driver::run(bench, report);
    alarm::run(bench, report);
    Ok(())
}

/// Boots the machine, hears the verdict, and tells what the machine has sent. One that hangs before it has run anything
/// of ours, as an emulated one does once in a great while, is booted once more.
pub fn play(
    bench: &Bench<'_>,
    suite: &str,
    scenario: &Scenario,
    listen: &Path,
    mut verdict: impl FnMut(&mut Run) -> Result<()>,
) -> Result<Traffic> {
    let played = play_once(bench, suite, scenario, listen, &mut verdict);
    let log = bench.logs.join(format!("{suite}-{}", scenario.name));
    let console = fs::read(&log).unwrap_or_default();
    match played {
        Err(error) if !String::from_utf8_lossy(&console).contains("Run /init as init process") => {
            println!("{suite}/{}, booted once more: {error:#}", scenario.name);
            play_once(bench, suite, scenario, listen, &mut verdict)
        }
        played => played,
    }
}

fn play_once(
    bench: &Bench<'_>,
    suite: &str,
    scenario: &Scenario,
    listen: &Path,
    verdict: &mut impl FnMut(&mut Run) -> Result<()>,
) -> Result<Traffic> {
    let target = bench.target(scenario.flavour)?;
    let broadcaster = modules::named(&target.modules, "panic_broadcaster")?;
    let mut found = vec![broadcaster.to_owned()];
    for name in scenario.modules {
        found.push(
            modules::named(&target.modules, name)
                .map(Path::to_owned)
                .or_else(|_| modules::of_kernel(&target.kernel, name))?,
        );
    }
    let found: Vec<_> = found.iter().map(PathBuf::as_path).collect();
    let programs: Vec<_> = scenario
        .programs
        .iter()
        .map(|name| modules::beside(&target.modules, name))
        .collect::<Result<_>>()?;
    let folder = tempfile::tempdir()?;
    let pcap = folder.path().join("pcap");
    let setting = Setting {
        kernel: &target.kernel,
        modules: &found,
        programs: &programs,
        script: scenario.script,
        nic: scenario.nic,
        cmdline: &format!(
            "records={RECORDS} panic={} {}",
            u8::from(scenario.reboots),
            scenario.variables
        ),
        limit: Duration::from_secs(scenario.seconds),
        log: &bench.logs.join(format!("{suite}-{}", scenario.name)),
        pcap: Some(&pcap),
        kdump: scenario.kdump,
    };
    let stage = Stage::open(&setting, bench.toolbox, listen, Stdio::null())?;
    let mut run = Run { stage };
    verdict(&mut run)?;
    let console = run.stage.machine.lines();
    let traffic = run.stage.close()?;
    match scenario.complaint {
        None => splat::none_in(&console)?,
        Some(complaint) => ensure!(
            console.iter().any(|line| line.contains(complaint)),
            "the kernel does not complain of {complaint}"
        ),
    }
    if let Some(frames) = scenario.frames {
        frames(bench.toolbox, &pcap)?;
    }
    Ok(traffic)
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

    /// The machine crashed and every record that the broadcast had to carry was heard.
    fn heard_all(&mut self) -> Result<()> {
        let Heard { total, missing } = self.stage.crash(RECORDS)?;
        if let Some(first) = missing.first() {
            bail!(
                "{} of {total} records were not heard, the first: {first}",
                missing.len()
            );
        }
        Ok(())
    }

    /// The machine crashed and its notifiers came to their end.
    fn crashed(&mut self) -> Result<()> {
        self.stage
            .machine
            .expect("Kernel panic - not syncing: sysrq")?;
        self.stage.machine.expect(AFTER_NOTIFIERS)?;
        Ok(())
    }
}
