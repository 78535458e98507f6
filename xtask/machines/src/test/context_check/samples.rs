// SPDX-License-Identifier: GPL-2.0

//! The samples are proven, and it takes neither long nor much memory.

use super::said::{self, Checker};
use crate::{arch::Arch, modules, pace, test::report::Report};
use anyhow::{ensure, Context, Result};
use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

pub const SAMPLES: [&str; 3] = ["exception_monitor", "panic_alarm", "panic_broadcaster"];

/// What a module may take of the reference machine, once its kernel is known.
const MODULE: Duration = Duration::from_secs(2);

/// The same for a kernel that is seen for the first time: half of it if both CPUs are free.
const KERNEL: Duration = Duration::from_secs(10);

const KERNEL_MIB: u64 = 160;

pub fn run(checker: &Checker<'_>, report: &Report, name: &str) {
    report.test(&format!("{name}/kernel"), || kernel(checker));
    for sample in SAMPLES.iter().filter(|sample| is_for(checker, sample)) {
        report.test(&format!("{name}/sample/{sample}"), || {
            is_proven(checker, sample)
        });
    }
}

/// Reads a kernel that is not in the cache, and looks at what the program itself says that it took.
fn kernel(checker: &Checker<'_>) -> Result<()> {
    let cache = tempfile::tempdir()?;
    let module = modules::named(&checker.target.modules, SAMPLES[0])?;
    let mut command = checker.command(module)?;
    let (output, _) = said::run(command.env("XDG_CACHE_HOME", cache.path()))?;
    let (seconds, mib) = took(&output).with_context(|| format!("no note of it\n{output}"))?;
    println!(
        "    the {} kernel is read in {seconds:.1} s (at most {} s) and {mib} MiB (at most {KERNEL_MIB} MiB)",
        checker.target.kernel.flavour.name(),
        pace::limit(KERNEL).as_secs(),
    );
    ensure!(mib <= KERNEL_MIB, "it takes {mib} MiB");
    ensure!(
        seconds <= pace::limit(KERNEL).as_secs_f32(),
        "it takes {seconds} s"
    );
    ensure!(
        fs::read_dir(cache.path())?.next().is_some(),
        "nothing is kept in the cache"
    );
    Ok(())
}

/// `… in 2.1 s with 96 MiB, …`
fn took(output: &str) -> Option<(f32, u64)> {
    let note = output
        .lines()
        .find(|line| line.starts_with("note: the kernel's code was read from "))?;
    let (_, figures) = note.rsplit_once(" in ")?;
    let mut words = figures.split_whitespace();
    let seconds = words.next()?.parse().ok()?;
    Some((seconds, words.nth(2)?.parse().ok()?))
}

/// The speaker of a PC is of x86.
pub fn is_for(checker: &Checker<'_>, sample: &str) -> bool {
    let flavour = checker.target.kernel.flavour;
    match sample {
        "panic_alarm" => flavour.arch == Arch::X86_64,
        _ => true,
    }
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
