// SPDX-License-Identifier: GPL-2.0

//! The samples are proven, and it takes neither long nor much memory.

use super::said::{self, Checker};
use crate::{modules, pace, test::report::Report};
use anyhow::{ensure, Context, Result};
use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

const SAMPLES: [&str; 3] = ["exception_monitor", "panic_alarm", "panic_broadcaster"];

/// What a module may take of the reference machine, once its kernel is known.
const MODULE: Duration = Duration::from_secs(2);

/// The same for a kernel that is seen for the first time.
const KERNEL: Duration = Duration::from_secs(60);

const KERNEL_MIB: u64 = 1024;

pub fn run(checker: &Checker<'_>, report: &Report, name: &str) {
    report.test(&format!("{name}/kernel"), || kernel(checker));
    for sample in SAMPLES {
        report.test(&format!("{name}/sample/{sample}"), || {
            is_proven(checker, sample)
        });
    }
}

/// Reads a kernel that is not in the cache, for the smallest of modules.
fn kernel(checker: &Checker<'_>) -> Result<()> {
    let cache = tempfile::tempdir()?;
    let module = modules::named(&checker.target.modules, "context_unproven")?;
    let mut command = checker.command(module)?;
    command
        .env("XDG_CACHE_HOME", cache.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let start = Instant::now();
    let mib = peak_mib(&mut command, pace::limit(KERNEL))?;
    let took = start.elapsed();
    println!(
        "    the {} kernel is read in {:.1} s (at most {} s) and {mib} MiB (at most {KERNEL_MIB} MiB)",
        checker.target.kernel.flavour.name(),
        took.as_secs_f32(),
        pace::limit(KERNEL).as_secs(),
    );
    ensure!(mib <= KERNEL_MIB, "it takes {mib} MiB");
    ensure!(
        fs::read_dir(cache.path())?.next().is_some(),
        "nothing is kept in the cache"
    );
    Ok(())
}

/// Runs a program to its end, and gives the most memory that it has had.
fn peak_mib(command: &mut Command, limit: Duration) -> Result<u64> {
    let mut child = command.spawn()?;
    let until = Instant::now() + limit;
    let mut peak = 0;
    while child.try_wait()?.is_none() {
        peak = peak.max(high_water_kib(&child).unwrap_or(0));
        if Instant::now() > until {
            child.kill()?;
            child.wait()?;
            anyhow::bail!("it has not ended after {} s", limit.as_secs());
        }
        thread::sleep(Duration::from_millis(2));
    }
    ensure!(peak > 0, "no memory was seen");
    Ok(peak / 1024)
}

fn high_water_kib(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

fn is_proven(checker: &Checker<'_>, sample: &str) -> Result<()> {
    let module = modules::named(&checker.target.modules, sample)?;
    let folder = said::folder_of(module);
    // The kernel is known after this.
    checker.read(module)?;

    let mut command = checker.command_allowing(module, &folder)?;
    let start = Instant::now();
    let (output, code) = said::run(&mut command)?;
    let took = start.elapsed();
    println!(
        "    {sample} is read in {:.2} s (at most {} s)",
        took.as_secs_f32(),
        pace::limit(MODULE).as_secs()
    );
    ensure!(code == 0, "it is not proven\n{output}");
    ensure!(
        took < pace::limit(MODULE),
        "it takes {} s",
        took.as_secs_f32()
    );
    // What nothing needs any more has to go.
    ensure!(!output.contains("warning: "), "{output}");
    has_handlers(checker, module)
}

/// An empty list would be proven, too.
fn has_handlers(checker: &Checker<'_>, module: &Path) -> Result<()> {
    let said = checker.read(module).context("with --json")?;
    ensure!(!said.handlers.is_empty(), "it has seen no handler");
    Ok(())
}
