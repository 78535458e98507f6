// SPDX-License-Identifier: GPL-2.0

//! Suite `compile-fail`: what the types must refuse, and what they must not.

use super::{
    limited,
    pool::{Job, Needs},
    report::Report,
    style, Bench,
};
use crate::{kernel::Flavour, project, rustc::Rustc};
use anyhow::{bail, ensure, Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// A case's limit.
const CASE: Duration = Duration::from_secs(60);

/// Files of this name are no offence: they keep the others honest, which a broken command line would refuse as well.
const CONTROL: &str = "ok_";

pub fn jobs<'a>(bench: &'a Bench<'a>, report: &'a Report, bless: bool) -> Result<Vec<Job<'a>>> {
    let target = bench.target(Flavour::DEBUG)?;
    let rustc = Arc::new(Rustc::of_driver(&target.modules)?);
    let cases = cases()?;
    report.test("compile-fail/controls", || {
        ensure!(
            cases.iter().any(|case| is_control(case)),
            "no {CONTROL}*.rs: a broken command line would pass"
        );
        ensure!(
            cases.iter().any(|case| !is_control(case)),
            "nothing to refuse"
        );
        Ok(())
    });
    let mut jobs = style::jobs(bench, report, target);
    let its = rustc.clone();
    jobs.push(job(bench, report, "readme", move || readme(bench, &its)));
    for case in cases {
        let name = case
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let rustc = rustc.clone();
        jobs.push(job(bench, report, &name, move || {
            check(bench, &rustc, &case, bless)
        }));
    }
    Ok(jobs)
}

/// A test that calls the compiler once.
pub fn job<'a>(
    bench: &'a Bench<'a>,
    report: &'a Report,
    name: &str,
    test: impl Fn() -> Result<()> + Send + Sync + 'a,
) -> Job<'a> {
    let name = format!("compile-fail/{name}");
    let estimate = bench.estimate(&name, Duration::from_secs(3));
    Job::new(Needs::PROGRAM, estimate, move || report.test(&name, &test))
}

fn cases() -> Result<Vec<PathBuf>> {
    let folder = project().join("tests/compile_fail");
    let mut cases = Vec::new();
    for file in
        fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        let path = file?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            cases.push(path);
        }
    }
    cases.sort();
    Ok(cases)
}

/// The driver in README, which people copy, must build as it stands there.
fn readme(bench: &Bench<'_>, rustc: &Rustc) -> Result<()> {
    let text = fs::read_to_string(project().join("README.md")).context("cannot read README.md")?;
    let driver = text
        .split("```rust\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .context("README.md shows no driver")?;
    let folder = tempfile::tempdir()?;
    let case = folder.path().join("readme.rs");
    fs::write(&case, driver)?;
    let (output, built) = limited::run_any(
        &mut rustc.command(bench.toolbox, &case, folder.path()),
        CASE,
    )?;
    ensure!(built, "does not build\n{}", Rustc::rendered(&output));
    Ok(())
}

fn is_control(case: &Path) -> bool {
    case.file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with(CONTROL))
}

fn check(bench: &Bench<'_>, rustc: &Rustc, case: &Path, bless: bool) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (output, built) =
        limited::run_any(&mut rustc.command(bench.toolbox, case, folder.path()), CASE)?;
    if is_control(case) {
        ensure!(built, "does not build\n{}", Rustc::rendered(&output));
        return Ok(());
    }
    ensure!(!built, "builds");
    let said = Rustc::errors(&output, case)?;
    let expected = case.with_extension("stderr");
    if bless {
        return fs::write(&expected, said)
            .with_context(|| format!("cannot write {}", expected.display()));
    }
    let Ok(expectation) = fs::read_to_string(&expected) else {
        bail!("nothing says what to expect; `--bless` would write\n{said}");
    };
    ensure!(
        said == expectation,
        "expected\n{expectation}\nbut the compiler says\n{said}"
    );
    Ok(())
}
