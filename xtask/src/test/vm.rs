// SPDX-License-Identifier: GPL-2.0

//! Suite `vm`: whole machines.

mod broadcast;
mod capture;
mod load;

use super::{each, report::Report, splat, Bench};
use crate::{
    kernel::{Flavour, Kernel},
    machine::AFTER_NOTIFIERS,
    modules, receiver,
    stage::{Heard, Setting, Stage},
    toolbox::Toolbox,
};
use anyhow::{bail, ensure, Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

/// How many records the guests are told to broadcast.
const RECORDS: usize = 120;

const VIRTIO: &str = "virtio-net-pci";
const E1000: &str = "e1000";

/// A test: what it is called and booted with, and what must come of it.
struct Scenario {
    name: &'static str,
    flavour: Flavour,
    nic: &'static str,
    /// The guest's script in `tests/vm`, and the variables that it is given.
    script: &'static str,
    variables: &'static str,
    /// Modules beside the broadcaster.
    modules: &'static [&'static str],
    seconds: u64,
    verdict: fn(&mut Run) -> Result<()>,
    /// What the kernel must complain about. Without it, it must not complain at all.
    complaint: Option<&'static str>,
    /// What must come of the frames that it sent.
    frames: Option<fn(&Toolbox, &Path) -> Result<()>>,
}

/// A scenario under way.
struct Run {
    stage: Stage,
}

pub fn run(bench: &Bench<'_>, report: &Report) -> Result<()> {
    let listen = receiver::build()?;
    let scenarios: Vec<_> = broadcast::SCENARIOS.iter().chain(load::SCENARIOS).collect();
    each(&scenarios, |scenario| {
        report.test(&format!("vm/{}", scenario.name), || {
            play(bench, scenario, &listen)
        });
    });
    Ok(())
}

fn play(bench: &Bench<'_>, scenario: &Scenario, listen: &Path) -> Result<()> {
    let target = bench.target(scenario.flavour)?;
    let broadcaster = modules::named(&target.modules, "panic_broadcaster")?;
    let mut found = vec![broadcaster.to_owned()];
    for name in scenario.modules {
        found.push(
            modules::named(&target.modules, name)
                .map(Path::to_owned)
                .or_else(|_| of_kernel(&target.kernel, name))?,
        );
    }
    let found: Vec<_> = found.iter().map(PathBuf::as_path).collect();
    let folder = tempfile::tempdir()?;
    let pcap = folder.path().join("pcap");
    let setting = Setting {
        kernel: &target.kernel,
        modules: &found,
        script: scenario.script,
        nic: scenario.nic,
        cmdline: &format!("records={RECORDS} {}", scenario.variables),
        limit: Duration::from_secs(scenario.seconds),
        log: &bench.logs.join(format!("vm-{}", scenario.name)),
        pcap: Some(&pcap),
    };
    let stage = Stage::open(&setting, bench.toolbox, listen, Stdio::null())?;
    let mut run = Run { stage };
    (scenario.verdict)(&mut run)?;
    let console = run.stage.machine.lines();
    let traffic = run.stage.close()?;
    ensure!(
        traffic.faults.is_empty(),
        "{} frames are no valid broadcasts: {}",
        traffic.faults.len(),
        traffic.faults[0]
    );
    match scenario.complaint {
        None => splat::none_in(&console)?,
        Some(complaint) => ensure!(
            console.iter().any(|line| line.contains(complaint)),
            "the kernel does not complain of {complaint}"
        ),
    }
    scenario
        .frames
        .map_or(Ok(()), |frames| frames(bench.toolbox, &pcap))
}

/// A module that comes with the kernel.
fn of_kernel(kernel: &Kernel, name: &str) -> Result<PathBuf> {
    let order = fs::read_to_string(kernel.kdir.join("modules.order"))
        .context("the kernel lists no modules")?;
    let file = format!("{name}.o");
    let object = order
        .lines()
        .map(Path::new)
        .find(|object| object.ends_with(&file));
    let object = object
        .with_context(|| format!("there is no module {name}, neither ours nor the kernel's"))?;
    Ok(kernel.kdir.join(object).with_extension("ko"))
}

impl Run {
    /// The script ran to its end and the machine switched itself off.
    fn ended_well(&mut self) -> Result<()> {
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
