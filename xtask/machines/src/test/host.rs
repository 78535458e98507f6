// SPDX-License-Identifier: GPL-2.0

//! Suite `host`: what runs outside every kernel.

use super::{audit, limited, planted, programs, refusals, report::Report, style};
use crate::{fuzz, project, run_folder::RunFolder};
use anyhow::{ensure, Context, Result};
use serde_json::Value;
use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

/// One test's limit, and a build's.
const TEST: Duration = Duration::from_secs(240);
const BUILD: Duration = Duration::from_secs(600);

/// The tests that are no program's.
const FIXED: [&str; 8] = [
    "host/unsafe-audit",
    "host/planted-patches",
    "host/line-width",
    "host/links",
    "host/refusals",
    "host/fmt",
    "host/clippy",
    "host/doc",
];

/// How long each target is fuzzed: enough to see that the fuzzer works, and all that is known.
const FUZZ: Duration = Duration::from_secs(5);

/// The run's folder takes what the fuzzer finds.
pub fn run(report: &Report, run: &RunFolder, bless: bool) -> Result<()> {
    report.test("host/unsafe-audit", || audit::run(bless));
    report.test("host/planted-patches", planted::patches_apply);
    report.test("host/line-width", style::lines);
    report.test("host/links", style::links);
    report.test("host/refusals", refusals::run);
    report.test("host/fmt", || done(cargo("fmt")?.arg("--check")));
    report.test("host/clippy", || {
        let mut clippy = cargo("clippy")?;
        done(clippy.args(["--quiet", "--all-targets", "--", "--deny", "warnings"]))
    });
    report.test("host/doc", || {
        done(cargo("test")?.args(["--quiet", "--doc"]))
    });

    let names = fuzz::TARGETS.map(|name| format!("host/fuzz/{name}"));
    if names.iter().any(|name| report.wants(name)) {
        if report.wanted().only_lists() {
            names.iter().for_each(|name| _ = report.lists(name));
        } else {
            fuzz_targets(report, run.path());
        }
    }

    // A test that has run already by its whole name: which others there are takes a build to know.
    if report
        .wanted()
        .filter()
        .is_some_and(|filter| FIXED.contains(&filter))
    {
        return Ok(());
    }
    let start = Instant::now();
    let programs = match run.temporary().and_then(|kept| build(&kept)) {
        Ok(programs) => programs,
        Err(error) => {
            report.fail("host", start.elapsed(), error);
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
fn fuzz_targets(report: &Report, logs: &Path) {
    let start = Instant::now();
    let targets = match fuzz::build() {
        Ok(targets) => targets,
        Err(error) => return report.fail("host/fuzz", start.elapsed(), error),
    };
    for target in targets {
        report.test(&format!("host/fuzz/{}", target.name), || {
            let found = logs.join(format!("fuzz-{}", target.name));
            std::fs::create_dir_all(&found)?;
            limited::run(&mut target.fuzz(FUZZ, &found)?, TEST).map(drop)
        });
    }
}

fn done(command: &mut Command) -> Result<()> {
    limited::run(command, BUILD).map(drop)
}

/// A command of Cargo's for every package of the workspace but the library, which only a kernel's build can compile.
fn cargo(task: &str) -> Result<Command> {
    let cargo = || Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let mut metadata = cargo();
    metadata.current_dir(project()).args([
        "metadata",
        "--format-version=1",
        "--no-deps",
        "--locked",
    ]);
    let output = limited::run(&mut metadata, BUILD)?;
    let json = output.lines().find(|line| line.starts_with('{'));
    let metadata: Value = serde_json::from_str(json.context("cargo tells no metadata")?)?;
    let packages = packages(&metadata, &project().join("Cargo.toml"))?;

    let mut command = cargo();
    command
        .current_dir(project())
        .arg(task)
        .args(packages.iter().map(|name| format!("--package={name}")))
        // The fuzz targets are looked at, and linked elsewhere: libFuzzer need not be compiled for it.
        .env("CUSTOM_LIBFUZZER_PATH", "/nonexistent/not-linked.a");
    Ok(command)
}

/// The packages of the workspace, but for that of a manifest.
fn packages(metadata: &Value, but: &Path) -> Result<Vec<String>> {
    let all = metadata["packages"].as_array().context("no packages")?;
    let mut names = Vec::new();
    for package in all {
        let name = package["name"]
            .as_str()
            .context("a package without a name")?;
        if package["manifest_path"].as_str().map(Path::new) != Some(but) {
            names.push(name.to_owned());
        }
    }
    ensure!(
        names.len() + 1 == all.len(),
        "the library is no package of the workspace"
    );
    Ok(names)
}

/// Builds all tests. Which programs came of it, Cargo tells in JSON. They are kept in that folder.
fn build(kept: &Path) -> Result<Vec<TestProgram>> {
    let mut test = cargo("test")?;
    test.args(["--no-run", "--message-format=json-render-diagnostics"]);
    let output = limited::run(&mut test, BUILD)?;
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
            path: programs::keep(Path::new(path), kept)?,
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_package_is_tested_but_the_library() {
        let package = |name: &str, at: &str| json!({ "name": name, "manifest_path": at });
        let metadata = json!({ "packages": [
            package("library", "/p/Cargo.toml"),
            package("new", "/p/new/Cargo.toml"),
        ] });
        let library = Path::new("/p/Cargo.toml");
        assert_eq!(packages(&metadata, library).unwrap(), ["new"]);
        assert!(packages(&metadata, Path::new("/q/Cargo.toml")).is_err());
    }
}
