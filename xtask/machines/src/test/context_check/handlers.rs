// SPDX-License-Identifier: GPL-2.0

//! The handlers in `tests/context`, one a file, and what is said of each.

use super::said::{Checker, Finding, Said};
use crate::{
    arch::Arch,
    kernel::Kind,
    modules, project,
    test::{limited, report::Report, Bench},
};
use anyhow::{anyhow, ensure, Context, Result};
use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

const STRIP: Duration = Duration::from_secs(30);

/// What stands in a file before the functions that a refusal must name, in this order, with others
/// between them.
const REFUSED: &str = "//! Refused: ";

/// The same where only a kernel whose name begins so has the code for it.
const REFUSED_ON: &str = "//! Refused on ";

/// What stands in a file that is built for x86-64 only.
const ONLY_X86: &str = "//! Only on x86-64.";

/// What stands in a file of which the handler is otherwise under PREEMPT_RT: it runs in a thread, and
/// may sleep there, or it takes a lock that sleeps there.
const NOT_ON_RT: &str = "//! Not under PREEMPT_RT.";

/// What stands in a file that takes something of the kernel crate that 7.2 lacks.
const NOT_ON_7_2: &str = "//! Not on 7.2.";

/// What is said of them, each in a module and a folder of its own. What sleeps in ways that are hard
/// to see is either refused or unproven.
pub const KINDS: [&str; 4] = ["refused", "proven", "unproven", ATTACKS];

/// Those that sleep in a function that is refused by itself, since the module registers it.
const BY_ITSELF: [(&str, &str); 1] = [("c::wake_up", "on_wake_up")];

/// Most of those are in C, with a handler each that a macro makes: a table lists them.
const ATTACKS: &str = "attacks";

/// Tests one of the modules. `name` is what the names of its tests begin with.
pub fn run(bench: &Bench<'_>, checker: &Checker<'_>, report: &Report, name: &str, kind: &str) {
    let start = Instant::now();
    if let Err(error) = tests(bench, checker, report, name, kind) {
        report.fail(name, start.elapsed(), error);
    }
}

fn tests(
    bench: &Bench<'_>,
    checker: &Checker<'_>,
    report: &Report,
    name: &str,
    kind: &str,
) -> Result<()> {
    let files = files(checker, kind)?;
    let ends = files
        .iter()
        .map(String::as_str)
        .chain(["verdict", "stripped"]);
    if !super::are_to_run(report, name, ends) {
        return Ok(());
    }
    let module = modules::named(&checker.target.modules, &format!("context_{kind}"))?;
    let said = checker.read(module)?;
    for file in &files {
        report.test(&format!("{name}/{file}"), || {
            is_right(&said, checker, kind, file)
        });
    }
    if checker.target.kernel.flavour.kind != Kind::DebianRt {
        report.test(&format!("{name}/verdict"), || verdict(&said, kind));
    }
    report.test(&format!("{name}/stripped"), || {
        is_the_same_stripped(bench, checker, module, &said)
    });
    Ok(())
}

/// The names of the files that have a handler.
fn files(checker: &Checker<'_>, kind: &str) -> Result<Vec<String>> {
    if kind == ATTACKS {
        return attacks(checker.target.kernel.flavour.arch);
    }
    let folder = project().join("tests/context").join(kind);
    let mut names = Vec::new();
    for file in
        fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        let path = file?.path();
        let text = fs::read_to_string(&path)?;
        let has = |mark| text.lines().any(|line| line == mark);
        let flavour = checker.target.kernel.flavour;
        if (has(ONLY_X86) && flavour.arch != Arch::X86_64)
            || (has(NOT_ON_RT) && flavour.kind == Kind::DebianRt)
            || (has(NOT_ON_7_2) && flavour.kind == Kind::Debian72)
        {
            continue;
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        // That one says what there is in C.
        if name != "c" {
            names.push(name.into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// The names in the table of attacks, without those for another architecture.
fn attacks(arch: Arch) -> Result<Vec<String>> {
    let table = project().join("tests/context/attacks/README.md");
    let text =
        fs::read_to_string(&table).with_context(|| format!("cannot read {}", table.display()))?;
    let others = match arch {
        Arch::X86_64 => "| arm64 |",
        Arch::Arm64 => "| x86 |",
    };
    let rows = text.lines().filter(|line| !line.contains(others));
    let names = rows.filter_map(|row| row.strip_prefix("| `")?.split_once('`'));
    let names: Vec<_> = names.map(|(name, _)| name.to_owned()).collect();
    ensure!(!names.is_empty(), "{}: no rows", table.display());
    Ok(names)
}

fn is_right(said: &Said, checker: &Checker<'_>, kind: &str, file: &str) -> Result<()> {
    let is_it = |handler: &str| handler.contains(&format!("::{kind}::{file}::Handler"));
    ensure!(
        said.handlers.iter().any(|handler| is_it(&handler.name)),
        "it has not seen this handler"
    );
    let findings: Vec<_> = said
        .findings
        .iter()
        .filter(|finding| is_it(&finding.handler))
        .collect();
    let has = |kind| findings.iter().any(|finding| finding.kind == kind);
    let all: Vec<_> = findings.iter().map(ToString::to_string).collect();
    let all = all.join("\n");
    match kind {
        "refused" => match expected(checker, file)? {
            Some(steps) => ensure!(
                findings
                    .iter()
                    .any(|finding| finding.kind == "refused" && passes(finding, &steps)),
                "must be refused with a path by {}, but there is only\n{all}",
                steps.join(" -> ")
            ),
            // A distribution's has yet another way there, or none.
            None if checker.target.kernel.flavour.debian().is_some() => {}
            None => ensure!(findings.is_empty(), "{all}"),
        },
        "proven" => ensure!(findings.is_empty(), "{all}"),
        ATTACKS => {
            let by_itself = BY_ITSELF.iter().find(|(handler, _)| *handler == file);
            let is_found = match by_itself {
                Some((_, function)) => said.findings.iter().any(|it| it.handler == *function),
                None => !findings.is_empty(),
            };
            ensure!(is_found, "it is proven, and sleeps");
        }
        _ => ensure!(has("unproven") && !has("refused"), "{all}"),
    }
    Ok(())
}

/// The functions that the path must pass, if there is one in this kernel.
fn expected(checker: &Checker<'_>, file: &str) -> Result<Option<Vec<String>>> {
    let path = project().join(format!("tests/context/refused/{file}.rs"));
    let text =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let after = |words| text.lines().find_map(|line| line.strip_prefix(words));
    let on_one = after(REFUSED_ON).and_then(|rest| rest.split_once(": "));
    let found = on_one.or(after(REFUSED).map(|path| ("", path)));
    let (only, path) = found.with_context(|| format!("{}: no line `{REFUSED}`", path.display()))?;
    if !checker.target.kernel.flavour.name().starts_with(only) {
        return Ok(None);
    }
    Ok(Some(path.split(" -> ").map(str::to_owned).collect()))
}

fn passes(finding: &Finding, steps: &[String]) -> bool {
    let mut path = finding.steps();
    steps
        .iter()
        .all(|step| path.any(|function| function.contains(step)))
}

fn verdict(said: &Said, kind: &str) -> Result<()> {
    let expected = if kind == ATTACKS { "refused" } else { kind };
    ensure!(said.verdict == expected, "the module is {}", said.verdict);
    Ok(())
}

/// As distributions strip modules: `make INSTALL_MOD_STRIP=1 modules_install`.
fn is_the_same_stripped(
    bench: &Bench<'_>,
    checker: &Checker<'_>,
    module: &Path,
    whole: &Said,
) -> Result<()> {
    let place = tempfile::tempdir()?;
    let stripped = place.path().join("stripped.ko");
    let mut strip = bench.toolbox.command("llvm-strip");
    strip.arg("--strip-debug").arg(module);
    limited::run(strip.arg("-o").arg(&stripped), STRIP)?;
    let said = checker.read(&stripped)?;
    let all = |said: &Said| {
        let mut all: Vec<_> = said
            .findings
            .iter()
            .map(|finding| (finding.handler.clone(), finding.kind.clone()))
            .collect();
        all.sort();
        all
    };
    if all(&said) != all(whole) || said.handlers.len() != whole.handlers.len() {
        return Err(anyhow!("{:#?}", all(&said)).context("the answers are others"));
    }
    Ok(())
}
