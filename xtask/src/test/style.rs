// SPDX-License-Identifier: GPL-2.0

//! What the kernel's own lints and its rustfmt say of the code that runs there. Part of the suite
//! `compile-fail`, which has the compiler at hand.

use super::{limited, report::Report, Bench, Target};
use crate::{modules, project};
use anyhow::{ensure, Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// Everything is compiled once more.
const LINTS: Duration = Duration::from_secs(300);

const FORMAT: Duration = Duration::from_secs(30);

/// Where code for the kernel is.
const FOLDERS: [&str; 4] = ["src", "samples", "tests", "wire/src"];

pub fn run(bench: &Bench<'_>, report: &Report, target: &Target) {
    report.test("compile-fail/kernel-clippy", || clippy(bench, target));
    report.test("compile-fail/kernel-rustfmt", || rustfmt(bench));
}

fn clippy(bench: &Bench<'_>, target: &Target) -> Result<()> {
    let out = tempfile::tempdir()?;
    let mut make = modules::make(bench.toolbox, &target.kernel, out.path())?;
    let said = limited::run(make.arg("CLIPPY=1"), LINTS)?;
    ensure!(!said.contains("warning:"), "clippy warns\n{said}");
    ensure!(said.contains("CLIPPY"), "clippy did not run\n{said}");
    Ok(())
}

fn rustfmt(bench: &Bench<'_>) -> Result<()> {
    let mut files = Vec::new();
    for folder in FOLDERS {
        rust_files(&project().join(folder), &mut files)?;
    }
    ensure!(!files.is_empty(), "no code to look at");
    let mut rustfmt = bench.toolbox.command("rustfmt");
    rustfmt.args(["--check", "--edition", "2021"]).args(&files);
    limited::run(&mut rustfmt, FORMAT)?;
    Ok(())
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            rust_files(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}
