// SPDX-License-Identifier: GPL-2.0

//! Suite `host`: what runs outside every kernel.

use super::{audit, limited, planted, report::Report, style};
use crate::{fuzz, project};
use anyhow::{Context, Result};
use serde_json::Value;
use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

/// One test's limit.
const TEST: Duration = Duration::from_secs(240);
/// A build's limit.
const BUILD: Duration = Duration::from_secs(600);

/// The crates that run outside every kernel.
const PACKAGES: [&str; 3] = [
    "--package=panic-wire",
    "--package=panic-listen",
    "--package=xtask",
];

/// How long each target is fuzzed: enough to see that the fuzzer works, and all that is known.
const FUZZ: Duration = Duration::from_secs(5);

pub fn run(report: &Report, bless: bool) -> Result<()> {
    report.test("host/unsafe-audit", || audit::run(bless));
    report.test("host/planted-patches", planted::patches_apply);
    report.test("host/line-width", style::lines);
    report.test("host/fmt", || done(cargo(&["fmt", "--check"], &[])));
    report.test("host/clippy", || {
        done(cargo(
            &["clippy", "--quiet", "--all-targets"],
            &["--", "--deny", "warnings"],
        ))
    });
    report.test("host/doc", || {
        done(cargo(&["test", "--quiet", "--doc"], &[]))
    });

    if fuzz::TARGETS
        .iter()
        .any(|name| report.wants(&format!("host/fuzz/{name}")))
    {
        fuzz_targets(report);
    }

    let start = Instant::now();
    let programs = match build() {
        Ok(programs) => programs,
        Err(error) => {
            report.fail("host/build", start.elapsed(), error);
            return Ok(());
        }
    };
    for program in &programs {
        for test in program.tests()? {
            let name = format!("host/{}/{test}", program.name);
            report.test(&name, || program.run(&test));
        }
    }
    Ok(())
}

/// All inputs that are kept, and a short look for others.
fn fuzz_targets(report: &Report) {
    let start = Instant::now();
    let targets = match fuzz::build() {
        Ok(targets) => targets,
        Err(error) => return report.fail("host/fuzz", start.elapsed(), error),
    };
    for target in targets {
        report.test(&format!("host/fuzz/{}", target.name), || {
            limited::run(&mut target.fuzz(FUZZ)?, TEST).map(drop)
        });
    }
}

fn done(mut command: Command) -> Result<()> {
    limited::run(&mut command, BUILD).map(drop)
}

fn cargo(arguments: &[&str], behind: &[&str]) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(project())
        .args(arguments)
        .args(PACKAGES)
        .args(behind);
    cargo
}

/// Builds all tests. Which programs came of it, Cargo tells in JSON.
fn build() -> Result<Vec<TestProgram>> {
    let mut cargo = cargo(
        &[
            "test",
            "--no-run",
            "--message-format=json-render-diagnostics",
        ],
        &[],
    );
    let output = limited::run(&mut cargo, BUILD)?;
    let mut programs = Vec::new();
    // What is not JSON is for people: progress, warnings.
    for message in output
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
    {
        let (Some(path), true) = (
            message["executable"].as_str(),
            message["profile"]["test"] == true,
        ) else {
            continue;
        };
        let manifest = message["manifest_path"].as_str().map(Path::new);
        let folder = manifest
            .and_then(Path::parent)
            .context("a target without a folder")?;
        let target = message["target"]["name"]
            .as_str()
            .context("a target without a name")?;
        let package = folder.file_name().unwrap_or_default().to_string_lossy();
        programs.push(TestProgram {
            name: format!("{package}/{target}"),
            path: path.into(),
            folder: folder.to_owned(),
        });
    }
    Ok(programs)
}

/// A program that Cargo built from a target's tests.
struct TestProgram {
    name: String,
    path: PathBuf,
    /// The package's folder, where Cargo would run it.
    folder: PathBuf,
}

impl TestProgram {
    /// The names of the tests in it.
    fn tests(&self) -> Result<Vec<String>> {
        let list = limited::run(self.command().args(["--list", "--format", "terse"]), TEST)?;
        let names = list.lines().filter_map(|line| line.strip_suffix(": test"));
        Ok(names.map(str::to_owned).collect())
    }

    /// Runs one: how it went is the program's exit status, which is easier to trust than its words.
    fn run(&self, test: &str) -> Result<()> {
        limited::run(
            self.command().args(["--exact", test, "--include-ignored"]),
            TEST,
        )?;
        Ok(())
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        command
            .current_dir(&self.folder)
            .env("CARGO_MANIFEST_DIR", &self.folder);
        command
    }
}
