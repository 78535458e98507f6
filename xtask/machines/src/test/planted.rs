// SPDX-License-Identifier: GPL-2.0

//! Suite `planted`: bugs that are put into the library, each of which torture must report.

use super::{
    limited,
    pool::Job,
    report::Report,
    splat,
    torture::{self, Run},
    Bench,
};
use crate::{cache::Lock, kernel::Flavour, modules, project};
use anyhow::{bail, ensure, Context, Result};
use regex::Regex;
use std::{collections::BTreeSet, fs, path::Path, process::Command, time::Duration};

/// The bugs, and what is said of each. What is there is what must be said.
const PAGE: &str = "docs/planted-bugs.md";

/// Where they are, as patches.
const PATCHES: &str = "tests/planted";

/// What is copied, so as not to break the library itself.
const COPIED: [&str; 8] = [
    "Kbuild",
    "Makefile",
    "Makefile.checks",
    "Makefile.context-check",
    "Makefile.crates",
    "Makefile.driver",
    "src",
    "tests",
];

const BUILD: Duration = Duration::from_secs(600);

/// Torture ends with its first report. Only a bug that it does not find takes so long; some are found by chance, and on a
/// machine with much else to do later.
const SECONDS: u32 = 300;

pub fn jobs<'a>(bench: &'a Bench<'a>, report: &'a Report) -> Result<Vec<Job<'a>>> {
    let page =
        fs::read_to_string(project().join(PAGE)).with_context(|| format!("cannot read {PAGE}"))?;
    let bugs = bugs(&page)?;
    report.test("planted/page", || all_are_there(&bugs));
    let jobs = bugs.into_iter().map(|(bug, said)| {
        let name = format!("planted/{bug}");
        let estimate = bench.estimate(&name, Duration::from_secs(100));
        Job::new(torture::needs(1), estimate, move || {
            report.test(&name, || reports(bench, &bug, &said))
        })
    });
    Ok(jobs.collect())
}

/// One of those lines is what a machine says with the bug.
fn reports(bench: &Bench<'_>, bug: &str, said: &[String]) -> Result<()> {
    let console = plant(bench, bug, said)?;
    let is_it = |line: &String| said.iter().any(|said| line.contains(said));
    if console.iter().any(is_it) {
        return Ok(());
    }
    splat::none_in(&console).with_context(|| format!("the console shows none of {said:?}"))?;
    bail!("the console shows none of {said:?}, and no complaint of the kernel")
}

/// A bug's name, and a piece of each line that may report it.
type Bug = (String, Vec<String>);

/// The rows of the page.
fn bugs(page: &str) -> Result<Vec<Bug>> {
    let row = Regex::new(r"(?m)^\| \[`([a-z-]+)`\]\(.*\| ([^|]+) \|$")?;
    let rows = row.captures_iter(page);
    let quoted = |text: &str| {
        text.split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect()
    };
    Ok(rows
        .map(|row| (row[1].to_owned(), quoted(&row[2])))
        .collect())
}

/// Each patch has a row, and each row a patch.
fn all_are_there(bugs: &[Bug]) -> Result<()> {
    let rows: BTreeSet<_> = bugs
        .iter()
        .map(|(name, _)| format!("{name}.patch"))
        .collect();
    let mut files = BTreeSet::new();
    for entry in fs::read_dir(project().join(PATCHES))? {
        files.insert(entry?.file_name().to_string_lossy().into_owned());
    }
    ensure!(
        rows == files,
        "{PAGE} lists {rows:?}, and in {PATCHES} there are {files:?}"
    );
    Ok(())
}

/// Each patch applies to the tree as it is. The suite itself would find out only when all others have
/// run.
pub fn patches_apply() -> Result<()> {
    for entry in fs::read_dir(project().join(PATCHES))? {
        let patch = entry?.path();
        let fits = limited::run(
            git_apply(project()).args(["--check", "-v"]).arg(&patch),
            BUILD,
        )
        .and_then(|said| {
            // Where code repeats, it may have moved to a place where it is another bug.
            ensure!(!said.contains("(offset "), "{}", said.trim_end());
            Ok(())
        });
        fits.with_context(|| format!("{} does not fit any more; make it anew", patch.display()))?;
    }
    Ok(())
}

/// Git in the project, or in a copy, which is no part of the repository that its folder is in.
fn git_apply(tree: &Path) -> Command {
    let mut git = Command::new("git");
    git.current_dir(tree).arg("apply");
    git.env("GIT_CEILING_DIRECTORIES", tree.parent().unwrap_or(tree));
    git
}

/// Gives the console of a machine that was tortured with a bug in the library.
fn plant(bench: &Bench<'_>, name: &str, said: &[String]) -> Result<Vec<String>> {
    let kernel = &bench.target(Flavour::DEBUG)?.kernel;
    let folder = project().join("target/planted");
    // One place for all: what the bug does not touch is built once.
    let (tree, out) = (folder.join("tree"), folder.join("modules"));
    let lock = Lock::wait(&folder.with_extension("lock"))?;
    copy(&tree)?;
    let patch = project().join(PATCHES).join(format!("{name}.patch"));
    limited::run(git_apply(&tree).arg(patch), BUILD)?;
    fs::create_dir_all(&out)?;
    let mut make = modules::make_in(kernel, &tree, &["tests/torture/"], &out)?;
    limited::run(&mut make, BUILD)?;

    // The next bug is built while this one runs.
    let file = format!("{}.ko", torture::MODULE);
    let own = tempfile::tempdir()?;
    let module = own.path().join(&file);
    fs::copy(out.join("tests/torture").join(&file), &module)?;
    drop(lock);
    let run = Run {
        kernel,
        module: &module,
        cpus: 2,
        seconds: SECONDS,
        // One report is enough.
        cmdline: "panic_on_warn=1 oops=panic kasan.fault=panic",
        log: &format!("planted/{name}"),
        // The bug may also leave the machine hanging.
        reports: said,
    };
    // It need not come to its end.
    let (console, _) = run.start(bench)?;
    Ok(console)
}

fn copy(tree: &Path) -> Result<()> {
    if tree.exists() {
        fs::remove_dir_all(tree)?;
    }
    fs::create_dir_all(tree).with_context(|| format!("cannot make {}", tree.display()))?;
    let mut cp = Command::new("cp");
    // With their times, by which `make` goes. The patch comes later.
    cp.arg("-Rp").args(COPIED.map(|name| project().join(name)));
    limited::run(cp.arg(tree), BUILD)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_understood() {
        let page =
            "| bug | what | report |\n|---|---|---|\n| [`a-b`](x.patch) | It. | `BUG: x` or `y` |\n";
        let bugs = bugs(page).expect("a table");
        assert_eq!(
            bugs,
            [("a-b".to_owned(), vec!["BUG: x".to_owned(), "y".to_owned()])]
        );
    }
}
