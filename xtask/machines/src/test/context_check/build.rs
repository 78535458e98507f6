// SPDX-License-Identifier: GPL-2.0

//! `make` of the project and of a driver runs the program, and fails if it has something to say.

use super::{
    said::Checker,
    samples::{is_for, SAMPLES},
};
use crate::{
    kernel::{Flavour, Kind},
    modules, new, project,
    test::{limited, report::Report, Bench},
};
use anyhow::{ensure, Context, Result};
use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};
use tempfile::TempDir;

/// The library and one small object are compiled, or those of the samples.
const BUILD: Duration = Duration::from_secs(600);

/// What a handler does in this test that it must not do.
const SLEEPS: &str = "// SAFETY: For a test.\n        \
    unsafe { kernel::bindings::msleep(1) };\n        pr_emerg!(";

/// What `make` is tried with, by the test's name.
pub type Test = (&'static str, fn(&Bench<'_>, &Checker<'_>) -> Result<()>);

const TESTS: [Test; 4] = [
    ("samples", samples),
    ("new-driver", new_driver),
    ("registered", registered),
    ("no-program", no_program),
];

/// Those for a kernel. Where a distribution has installed one, its code is there.
pub fn tests(flavour: Flavour) -> Vec<Test> {
    let mut tests = TESTS.to_vec();
    if flavour.kind == Kind::DebianRt {
        // These run in threads there.
        tests.retain(|(name, _)| *name != "registered");
    }
    if flavour.debian().is_none() {
        tests.push(("no-vmlinux", no_vmlinux));
    }
    tests
}

pub fn run(bench: &Bench<'_>, checker: &Checker<'_>, report: &Report, name: &str, test: Test) {
    report.test(name, || test.1(bench, checker));
}

/// Plain `make` of this project.
fn samples(_: &Bench<'_>, checker: &Checker<'_>) -> Result<()> {
    let place = tempfile::tempdir()?;
    let kernel = &checker.target.kernel;
    let mut make = modules::make(kernel, &["samples/"], place.path())?;
    let said = limited::run(make.arg(with(checker, place.path())?), BUILD)?;
    for sample in SAMPLES.iter().filter(|sample| is_for(checker, sample)) {
        let proven = said
            .lines()
            .any(|line| line.contains(&format!("{sample}.ko: ")) && line.ends_with(": proven"));
        ensure!(proven, "{sample} is not proven\n{said}");
    }
    Ok(())
}

/// A driver of somebody's own, first as it comes.
fn new_driver(bench: &Bench<'_>, checker: &Checker<'_>) -> Result<()> {
    let driver = Driver::new(bench, checker)?;
    let program = with(checker, driver.place.path())?;

    let said = limited::run(
        driver.make(&checker.target.kernel.kdir)?.arg(&program),
        BUILD,
    )?;
    ensure!(said.contains("driver.ko: "), "it was not read\n{said}");
    ensure!(said.contains(": proven"), "{said}");

    // Now its handler sleeps.
    let main = driver.folder.join("driver_main.rs");
    let text = fs::read_to_string(&main)?;
    ensure!(text.contains("pr_emerg!("), "the driver prints no more");
    fs::write(&main, text.replace("pr_emerg!(", SLEEPS))?;
    let (said, built) = limited::run_any(
        driver.make(&checker.target.kernel.kdir)?.arg(&program),
        BUILD,
    )?;
    ensure!(!built, "a handler that sleeps is built\n{said}");
    let refused = said.lines().any(|line| {
        line.contains(": refused: ") && line.contains("OnPanic") && line.contains("msleep")
    });
    ensure!(refused, "it is not said why\n{said}");

    // What is looked into and excused.
    let allow = driver.folder.join("context-check.allow");
    fs::write(&allow, "*OnPanic -> msleep: this is a test\n")?;
    limited::run(
        driver.make(&checker.target.kernel.kdir)?.arg(&program),
        BUILD,
    )?;
    fs::remove_file(&allow)?;

    let mut make = driver.make(&checker.target.kernel.kdir)?;
    limited::run(make.arg("CONTEXT_CHECK=n"), BUILD).map(drop)
}

/// The same with an interrupt handler and a timer, of which nothing else is told to `make`.
fn registered(bench: &Bench<'_>, checker: &Checker<'_>) -> Result<()> {
    const FILES: [&str; 2] = ["interrupt.rs", "high_resolution_timer.rs"];
    let driver = Driver::new(bench, checker)?;
    let program = with(checker, driver.place.path())?;
    let main = driver.folder.join("driver_main.rs");
    let text = fs::read_to_string(&main)?;
    let (modules, body) = ("use kernel::{", "        let cx = ");
    for part in [modules, body] {
        ensure!(text.contains(part), "the driver has no `{part}`");
    }
    let text = text
        .replacen(
            modules,
            &format!("mod high_resolution_timer;\nmod interrupt;\n\n{modules}"),
            1,
        )
        .replacen(
            body,
            &format!(
                "        let _ = high_resolution_timer::Handler::new().map(core::mem::forget);\n{body}"
            ),
            1,
        );
    fs::write(&main, text)?;
    let run = |kind: &str| -> Result<(String, bool)> {
        for file in FILES {
            let from = project().join("tests/context").join(kind).join(file);
            fs::copy(&from, driver.folder.join(file))
                .with_context(|| format!("cannot copy {}", from.display()))?;
        }
        let mut make = driver.make(&checker.target.kernel.kdir)?;
        limited::run_any(make.arg(&program), BUILD)
    };

    let (said, built) = run("refused")?;
    ensure!(!built, "what sleeps is built\n{said}");
    for file in FILES {
        let is_it =
            |line: &str| line.starts_with(&format!("{file}:")) && line.contains("refused: ");
        ensure!(
            said.lines().any(is_it),
            "{file}: no line says where it is refused\n{said}"
        );
    }
    let (said, built) = run("proven")?;
    ensure!(built && said.contains(": proven"), "{said}");
    Ok(())
}

/// What is missing is said before anything is built, with both ways out.
fn no_program(bench: &Bench<'_>, checker: &Checker<'_>) -> Result<()> {
    let driver = Driver::new(bench, checker)?;
    let mut make = driver.make(&checker.target.kernel.kdir)?;
    fails_clearly(make.arg("CONTEXT_CHECK=no-such-check"), "no-such-check: ")
}

/// The same in a build tree of a kernel from which that file has been removed.
fn no_vmlinux(bench: &Bench<'_>, checker: &Checker<'_>) -> Result<()> {
    let driver = Driver::new(bench, checker)?;
    let kdir = driver.place.path().join("kdir");
    fs::create_dir(&kdir)?;
    for entry in fs::read_dir(&checker.target.kernel.kdir)? {
        let entry = entry?;
        if entry.file_name() != "vmlinux" {
            symlink(entry.path(), kdir.join(entry.file_name()))?;
        }
    }
    let mut make = driver.make(&kdir)?;
    let program = with(checker, driver.place.path())?;
    fails_clearly(make.arg(program), "there is no code of the kernel")
}

fn fails_clearly(make: &mut Command, why: &str) -> Result<()> {
    let (said, built) = limited::run_any(make, BUILD)?;
    ensure!(!built, "it is built\n{said}");
    for part in [why, "CONTEXT_CHECK=n"] {
        ensure!(said.contains(part), "nothing is said of {part}\n{said}");
    }
    ensure!(!said.contains("RUSTC"), "it is built first\n{said}");
    Ok(())
}

/// The variable that names the program, of which those in the toolbox are given a copy.
fn with(checker: &Checker<'_>, place: &Path) -> Result<String> {
    let copy = place.join("context-check");
    let program = checker.program()?;
    fs::copy(program, &copy).with_context(|| format!("cannot copy {}", program.display()))?;
    Ok(format!("CONTEXT_CHECK={}", copy.display()))
}

/// What `cargo xtask new` writes.
struct Driver<'a> {
    bench: &'a Bench<'a>,
    arguments: &'a [&'static str],
    place: TempDir,
    folder: PathBuf,
}

impl<'a> Driver<'a> {
    fn new(bench: &'a Bench<'a>, checker: &'a Checker<'_>) -> Result<Self> {
        let place = tempfile::tempdir()?;
        let folder = new::write(&place.path().join("driver"), None, project())?;
        Ok(Self {
            bench,
            arguments: &checker.target.kernel.make_arguments,
            place,
            folder,
        })
    }

    /// Its own `make`, as its README says it.
    fn make(&self, kdir: &Path) -> Result<Command> {
        let static_assertions = modules::static_assertions()?;
        let crate_folder = static_assertions.parent().context("no folder")?;
        let mut make = self.bench.toolbox.command_reading("make", &[crate_folder]);
        make.arg("-C").arg(&self.folder).args(self.arguments);
        make.arg(format!("KDIR={}", kdir.display()));
        make.arg(format!("STATIC_ASSERTIONS={}", static_assertions.display()));
        Ok(make)
    }
}
