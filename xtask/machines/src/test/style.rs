// SPDX-License-Identifier: GPL-2.0

//! What the kernel's own lints and its rustfmt say of the code that runs there. Part of the suite
//! `compile-fail`, which has the compiler at hand; but what needs none is part of `host`.

use super::{
    compile_fail::job,
    limited,
    pool::{Job, Needs},
    report::Report,
    Bench, Target,
};
use crate::{
    check::{self, Built, FOLDERS},
    new, project, rust_analyzer,
};
use anyhow::{ensure, Context, Result};
use serde_json::Value;
use std::{fs, path::Path, process::Command, time::Duration};

/// Everything is compiled once more.
const LINTS: Duration = Duration::from_secs(600);

const FORMAT: Duration = Duration::from_secs(30);

/// The kernel's `.rustfmt.toml` leaves it at this.
const WIDTH: usize = 100;

pub fn jobs<'a>(bench: &'a Bench<'a>, report: &'a Report, target: &'a Target) -> Vec<Job<'a>> {
    let name = "compile-fail/kernel-clippy";
    let estimate = bench.estimate(name, Duration::from_secs(100));
    let all_cpus = Needs {
        cpus: usize::MAX,
        ..Needs::PROGRAM
    };
    vec![
        Job::new(all_cpus, estimate, move || {
            report.test(name, || clippy(bench, target))
        }),
        job(bench, report, "kernel-rustfmt", || rustfmt(bench)),
        job(bench, report, "rust-analyzer", || editor(bench, target)),
    ]
}

/// Only what has changed since the last time is looked at, as with `cargo xtask check`: a file with a warning makes no
/// object. That clippy made the objects is what `make` has written down.
fn clippy(bench: &Bench<'_>, target: &Target) -> Result<()> {
    let built = Built::kept(bench.toolbox, &target.kernel, None)?;
    limited::run(&mut built.lints()?, LINTS)?;
    let sample = "samples/panic_broadcaster/.panic_broadcaster_main.o.cmd";
    let command = fs::read_to_string(built.out.join(sample))
        .with_context(|| format!("nothing tells how {sample} was made"))?;
    ensure!(
        command.contains("clippy-driver"),
        "clippy did not run: {command}"
    );
    Ok(())
}

fn rustfmt(bench: &Bench<'_>) -> Result<()> {
    limited::run(&mut check::rustfmt_own(bench.toolbox)?, FORMAT)?;
    Ok(())
}

/// The front page links to no module that only some kernels have.
pub fn links() -> Result<()> {
    let read = |file: &str| {
        fs::read_to_string(project().join(file)).with_context(|| format!("cannot read {file}"))
    };
    let (chains, front) = (read("src/chains.rs")?, read("src/lib.rs")?);
    let lines: Vec<_> = chains.lines().collect();
    let mut found = 0;
    for pair in lines.windows(2) {
        let module = pair[1].strip_prefix("pub mod ");
        let Some(module) = module.filter(|_| pair[0].starts_with("#[cfg(")) else {
            continue;
        };
        found += 1;
        let path = format!("chains::{}", module.trim_end_matches(';'));
        ensure!(
            !front.contains(&format!("[`{path}")) && !front.contains(&format!("({path}")),
            "src/lib.rs links to {path}, which some kernels do not have: write `{path}`"
        );
    }
    ensure!(
        found > 0,
        "src/chains.rs has no module that some kernels do not have"
    );
    Ok(())
}

/// All lines are narrow, also where rustfmt does not look: comments and what macros are given.
pub fn lines() -> Result<()> {
    let mut files = Vec::new();
    for folder in FOLDERS {
        check::rust_files(&project().join(folder), &mut files)?;
    }
    for file in files {
        for (nth, line) in fs::read_to_string(&file)?.lines().enumerate() {
            ensure!(
                line.chars().count() <= WIDTH || is_one_piece(line),
                "{}:{}: this line has more than {WIDTH} columns",
                file.display(),
                nth + 1
            );
        }
    }
    Ok(())
}

/// A row of a comment's table, or a string that has the line to itself but for its name.
fn is_one_piece(line: &str) -> bool {
    let line = line.trim_start();
    if let Some(comment) = line.strip_prefix("//") {
        return comment.trim_start_matches(['/', '!', ' ']).starts_with('|');
    }
    let value = line.split_once(" = ").map_or(line, |(_, value)| value);
    value.starts_with('"') && value.trim_end_matches([',', ';']).ends_with('"')
}

/// What an editor is told of a new driver leads somewhere.
fn editor(bench: &Bench<'_>, target: &Target) -> Result<()> {
    let place = tempfile::tempdir()?;
    let driver = new::write(&place.path().join("beacon"), None, project())?;
    let out = place.path().join("out");
    let built = Built::in_folder(&out, bench.toolbox, &target.kernel, Some(&driver))?;
    let file = rust_analyzer::write(&built)?;
    let told: Value = serde_json::from_str(&fs::read_to_string(file)?)?;
    let crates = told["crates"].as_array().context("no crates")?;
    for entry in crates {
        let root = entry["root_module"].as_str().context("no root")?;
        ensure!(Path::new(root).is_file(), "{root} is not there");
    }

    // The driver knows the library, and that the kernel.
    let follow = |from: &Value, name: &str| -> Result<Value> {
        let deps = from["deps"].as_array().context("no dependencies")?;
        let dep = deps.iter().find(|dep| dep["name"] == name);
        let index = dep.and_then(|dep| dep["crate"].as_u64());
        let index = index.with_context(|| format!("no dependency {name}"))?;
        let found = crates
            .get(usize::try_from(index)?)
            .context("no such crate")?;
        ensure!(found["display_name"] == name, "not the crate {name}");
        Ok(found.clone())
    };
    let main = crates
        .iter()
        .find(|entry| entry["display_name"] == "beacon_main")
        .context("the driver is not told of")?;
    let library = follow(main, "notifier_chain")?;
    let kernel = follow(&library, "kernel")?;
    follow(&library, "static_assertions")?;
    for entry in [main, &library, &kernel] {
        let cfg = entry["cfg"].as_array().context("no configuration")?;
        ensure!(cfg.iter().any(|cfg| cfg == "CONFIG_RUST"), "no CONFIG_RUST");
    }
    let object = library["env"]["NOTIFIER_CHAIN_OBJ"].as_str();
    let bindings = Path::new(object.context("no folder of the bindings")?)
        .join("notifier_chain_bindings_generated.rs");
    ensure!(bindings.is_file(), "{} is not there", bindings.display());

    // Outside of the toolbox, as an editor starts it.
    let sysroot = Path::new(told["sysroot"].as_str().context("no sysroot")?);
    let mut server = Command::new(sysroot.join("libexec/rust-analyzer-proc-macro-srv"));
    server.env("RUST_ANALYZER_INTERNALS_DO_NOT_USE", "this is unstable");
    limited::run(&mut server, FORMAT)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::is_one_piece;

    #[test]
    fn only_what_cannot_be_broken_may_be_wide() {
        for line in ["    //! | a | b |", "    note = \"a = b\",", "\"a\""] {
            assert!(is_one_piece(line), "{line}");
        }
        for line in ["// a", "call(); // | a |", "x = 1; // \"a\"", "f(\"a\", b)"] {
            assert!(!is_one_piece(line), "{line}");
        }
    }
}
