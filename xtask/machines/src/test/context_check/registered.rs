// SPDX-License-Identifier: GPL-2.0

//! What drivers register with the kernel, in `tests/context/c/registered.c`: pairs of functions, of
//! which one sleeps.

use super::said::{Checker, Said};
use crate::{kernel::Kind, modules, project, test::report::Report};
use anyhow::{ensure, Context, Result};
use std::{fs, time::Instant};

/// What its pairs begin with.
const PAIRS: [&str; 2] = ["PAIR(", "NMI_PAIR("];

/// What does not run in threads under PREEMPT_RT.
const NEVER_IN_THREADS: [&str; 9] = [
    "clocksource",
    "console",
    "die",
    "each_cpu",
    "kmsg_dump",
    "notifier",
    "panic",
    "smp",
    "stop_machine",
];

pub fn run(checker: &Checker<'_>, report: &Report, name: &str) {
    let start = Instant::now();
    if let Err(error) = tests(checker, report, name) {
        report.fail(name, start.elapsed(), error);
    }
}

fn tests(checker: &Checker<'_>, report: &Report, name: &str) -> Result<()> {
    let mut pairs = pairs()?;
    if checker.target.kernel.flavour.kind == Kind::DebianRt {
        pairs.retain(|pair| NEVER_IN_THREADS.contains(&pair.as_str()));
    }
    let ends = pairs.iter().map(String::as_str).chain(["threads"]);
    if !super::are_to_run(report, name, ends) {
        return Ok(());
    }
    let module = modules::named(&checker.target.modules, "context_registered")?;
    let said = checker.read(module)?;
    for pair in &pairs {
        report.test(&format!("{name}/{pair}"), || is_right(&said, pair));
    }
    report.test(&format!("{name}/threads"), || threads_may_sleep(&said));
    Ok(())
}

fn pairs() -> Result<Vec<String>> {
    let path = project().join("tests/context/c/registered.c");
    let text =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut pairs = Vec::new();
    for begin in PAIRS {
        let before = pairs.len();
        let lines = text.lines().filter_map(|line| line.strip_prefix(begin));
        let names = lines.filter_map(|line| line.split_once(','));
        pairs.extend(names.map(|(name, _)| name.to_owned()));
        ensure!(pairs.len() != before, "{}: no `{begin}`", path.display());
    }
    Ok(pairs)
}

fn is_right(said: &Said, pair: &str) -> Result<()> {
    for (name, is_fine) in [
        (format!("fine_{pair}"), true),
        (format!("sleeps_{pair}"), false),
    ] {
        let handler = said.handlers.iter().find(|it| it.name == name);
        let handler = handler.with_context(|| format!("it has not seen {name}"))?;
        let registered = handler.registered.as_ref();
        let registered = registered.with_context(|| format!("{name}: not by its registration"))?;
        let findings = said.findings.iter().filter(|it| it.handler == name);
        let kinds: Vec<_> = findings.map(|finding| finding.kind.as_str()).collect();
        let is_right = if is_fine {
            kinds.is_empty()
        } else {
            kinds.contains(&"refused")
        };
        let (kind, by) = (&registered.kind, &registered.by);
        ensure!(is_right, "{name} ({kind}, {by}): {kinds:?}");
    }
    Ok(())
}

fn threads_may_sleep(said: &Said) -> Result<()> {
    let thread = said
        .handlers
        .iter()
        .find(|it| it.name.starts_with("thread_"));
    ensure!(thread.is_none(), "{thread:?} runs in a thread");
    Ok(())
}
