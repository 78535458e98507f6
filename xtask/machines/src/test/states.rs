// SPDX-License-Identifier: GPL-2.0

//! Machines that have booted once and are kept, by what they boot: tests that need the same one start from there.

use super::{
    pool::{Job, Needs},
    report::Report,
    Bench,
};
use crate::{
    machine::Saved,
    model::Model,
    modules::{beside, of_kernel},
    pace,
    stage::{crash_kernel_mib, Setting, Stage, Task},
};
use anyhow::{anyhow, Result};
use std::{collections::HashMap, path::PathBuf, process::Stdio, sync::OnceLock, time::Duration};

/// The slowest boot, on the reference machine.
const BOOT: Duration = Duration::from_secs(60);

/// What a machine boots, as far as tests differ in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Booted {
    pub model: Model,
    /// What the kernel is told.
    pub parameters: &'static str,
    pub kdump: bool,
}

impl Booted {
    /// What a machine takes of the host: what its CPUs do at once is rarely more than one does.
    pub fn needs(&self) -> Needs {
        Needs {
            cpus: 1,
            memory_mib: u64::from(self.model.memory_mib + crash_kernel_mib(self.kdump))
                + EMULATOR_MIB,
        }
    }
}

/// What an emulator takes beside its machine's memory.
pub const EMULATOR_MIB: u64 = 256;

/// Programs that the build makes beside the modules.
const PROGRAMS: [&str; 4] = ["fail_nth", "restart", "tasks", "wakes_soon"];

/// The kernel's own modules that scenarios load, as far as a kernel has them.
const OF_KERNEL: [&str; 2] = ["lkdtm", "veth"];

/// Where the modules are that scenarios load.
const FOLDERS: [&str; 4] = ["samples", "soundness", "vm", "bench"];

pub struct States(HashMap<Booted, OnceLock<Result<Saved, String>>>);

impl States {
    /// Keeps those that more than one of the tests boots.
    pub fn of(boots: impl Iterator<Item = Booted>, times: usize) -> States {
        let mut counts = HashMap::<Booted, usize>::new();
        for booted in boots {
            *counts.entry(booted).or_default() += times;
        }
        let shared = counts
            .into_iter()
            .filter(|(booted, count)| *count > 1 && booted.model.options.is_empty());
        States(
            shared
                .map(|(booted, _)| (booted, OnceLock::new()))
                .collect(),
        )
    }

    /// Boots them. A test that needs one earlier waits.
    pub fn jobs<'a>(&'a self, bench: &'a Bench<'a>, report: &'a Report) -> Vec<Job<'a>> {
        let boots = self.0.keys().map(|booted| {
            // Before all tests.
            Job::new(booted.needs(), Duration::MAX, || {
                _ = self.get(booted, bench, report)
            })
        });
        boots.collect()
    }

    /// The kept machine, if there is to be one.
    fn get(
        &self,
        booted: &Booted,
        bench: &Bench<'_>,
        report: &Report,
    ) -> Option<&Result<Saved, String>> {
        let state = self.0.get(booted)?;
        Some(state.get_or_init(|| {
            let name = format!("boot of {}", booted.model.name());
            let log = bench.log(&format!("{name} {}", booted.parameters));
            let saved = with_setting(booted, None, bench, report, &name, |setting| {
                setting.save(bench.toolbox, bench.temporary, &log, pace::limit(BOOT))
            });
            saved.map_err(|error| format!("{error:#}"))
        }))
    }

    /// Starts the machine that a test boots, and gives it its task.
    pub fn open(
        &self,
        booted: &Booted,
        task: &Task<'_>,
        bench: &Bench<'_>,
        report: &Report,
        name: &str,
    ) -> Result<Stage> {
        let saved = match self.get(booted, bench, report) {
            Some(Ok(saved)) => Some(saved),
            Some(Err(why)) => return Err(anyhow!("the machine that it starts from: {why}")),
            None => None,
        };
        let listen = bench.programs.panic_listen()?;
        with_setting(booted, saved, bench, report, name, |setting| {
            Stage::open(setting, task, bench.toolbox, listen, Stdio::null())
        })
    }
}

/// Does something with all that a machine boots.
fn with_setting<T>(
    booted: &Booted,
    saved: Option<&Saved>,
    bench: &Bench<'_>,
    report: &Report,
    name: &str,
    work: impl FnOnce(&Setting<'_>) -> Result<T>,
) -> Result<T> {
    let target = bench.target(booted.model.kernel)?;
    let of_scenarios = |module: &&PathBuf| {
        let folders = module.strip_prefix(&target.out).unwrap_or(module);
        FOLDERS
            .iter()
            .any(|folder| folders.components().any(|part| part.as_os_str() == *folder))
    };
    let ours = target.modules.iter().filter(of_scenarios).cloned();
    let theirs = OF_KERNEL
        .iter()
        .filter_map(|name| of_kernel(&target.kernel, name).ok());
    let programs: Vec<_> = PROGRAMS
        .iter()
        .filter_map(|name| beside(&target.modules, name).ok())
        .collect();
    work(&Setting {
        model: booted.model,
        kernel: &target.kernel,
        modules: &ours.chain(theirs).collect::<Vec<_>>(),
        programs: &programs,
        parameters: booted.parameters,
        kdump: booted.kdump,
        saved,
        tell: &|why| report.tried_again(name, why),
    })
}
