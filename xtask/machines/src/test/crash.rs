// SPDX-License-Identifier: GPL-2.0

//! Suite `crash`: a machine with the broadcaster loaded dies in every way that is known here.

mod rows;
mod table;

use super::{
    pool::Job,
    report::Report,
    splat,
    states::{Booted, States},
    vm::{self, Run, RECORDS},
    Bench,
};
use crate::{
    kernel::Flavour,
    machine::AFTER_NOTIFIERS,
    model::{Card, Model},
    modules, project,
    stage::{Ended, Heard},
};
use anyhow::{bail, ensure, Context, Result};
use regex::Regex;
pub use rows::rows;

use rows::{Expected, Row, Then};
use std::{fs, io::Write, path::Path, time::Duration};

const PANIC: &str = r"\] Kernel panic - not syncing: ";

/// What came of a row.
struct Outcome {
    /// Frames on the wire.
    sent: usize,
    heard: usize,
    /// Milliseconds of the guest's time, from the panic's line to the end of its notifiers, if it called any.
    took: Option<u64>,
    /// What the broadcaster says of it.
    said: String,
}

/// Each row on each kind of machine, with the name of its test.
fn plays<'a>(
    report: &'a Report,
    rows: &'a [Row],
) -> impl Iterator<Item = (String, &'a Row, Model)> + 'a {
    rows.iter().flat_map(|row| {
        let on = report
            .models(row.scenario.on, row.scenario.only_on)
            .into_iter();
        on.map(move |model| (row.test(&model), row, model))
    })
}

/// The names of the wanted tests that boot that kernel.
pub fn tests_on(kernel: Flavour, report: &Report) -> Vec<String> {
    plays(report, &rows())
        .filter(|(name, _, model)| model.kernel == kernel && report.wants(name))
        .map(|(name, ..)| name)
        .collect()
}

/// The kernels that the wanted rows boot.
pub fn flavours(report: &Report) -> Vec<Flavour> {
    boots(report).map(|booted| booted.model.kernel).collect()
}

/// Where the modules are that the wanted rows take.
pub fn folders(report: &Report) -> &'static [&'static str] {
    if boots(report).next().is_some() {
        &modules::FOLDERS
    } else {
        &[]
    }
}

/// What the wanted rows boot.
pub fn boots(report: &Report) -> impl Iterator<Item = Booted> {
    let rows = rows();
    let wanted = plays(report, &rows).filter(|(name, ..)| report.wants(name));
    let boots: Vec<_> = wanted
        .map(|(_, row, model)| row.scenario.booted(&model))
        .collect();
    boots.into_iter()
}

/// The rows, each of which keeps its outcome.
pub fn jobs<'a>(
    bench: &'a Bench<'a>,
    report: &'a Report,
    states: &'a States,
    rows: &'a [Row],
) -> Result<Vec<Job<'a>>> {
    let kept = project().join("target/crashes");
    fs::create_dir_all(&kept).with_context(|| format!("cannot make {}", kept.display()))?;
    let jobs = plays(report, rows).map(|(name, row, model)| {
        let needs = row.scenario.booted(&model).needs();
        let seconds = Duration::from_secs(row.scenario.seconds);
        Job::new(needs, bench.estimate(&name, seconds / 30), move || {
            report.test(&name, || {
                let file = kept_in(row, &model);
                // One that fails has no outcome, not an old one.
                let _ = fs::remove_file(&file);
                play(bench, report, states, &name, row, &model)?.keep(&file)
            });
        })
    });
    Ok(jobs.collect())
}

/// Where the outcome of a test is kept, for a page that others' are on.
fn kept_in(row: &Row, model: &Model) -> std::path::PathBuf {
    let card = model.card.map_or("", Card::short);
    let kernel = model.kernel.name();
    project().join(format!(
        "target/crashes/{}-{kernel}-{card}",
        row.scenario.name
    ))
}

/// Writes what came of each row the last time that it ran.
pub fn write_table(file: &Path, report: &Report, rows: &[Row]) -> Result<()> {
    if report.has_failed() {
        println!(
            "{}: left as it was, since tests have failed",
            file.display()
        );
        return Ok(());
    }
    table::write(file, rows, |row, model| Outcome::kept(&kept_in(row, model)))
}

/// Whether the page can be written, before long work that leads to it.
pub fn can_write(file: &Path) -> Result<()> {
    let opened = fs::OpenOptions::new().append(true).create(true).open(file);
    opened.with_context(|| format!("--table: cannot write {}", file.display()))?;
    Ok(())
}

impl Outcome {
    fn keep(&self, file: &Path) -> Result<()> {
        let Outcome {
            sent,
            heard,
            took,
            said,
        } = self;
        let took = took.map_or_else(|| "-".to_owned(), |ms| ms.to_string());
        // Whole or not at all: another run may keep the same.
        let mut whole = tempfile::NamedTempFile::new_in(file.parent().unwrap_or(file))?;
        write!(whole, "{sent} {heard} {took} {said}")
            .map_err(anyhow::Error::from)
            .and_then(|()| Ok(whole.persist(file).map(drop)?))
            .with_context(|| format!("cannot write {}", file.display()))
    }

    fn kept(file: &Path) -> Result<Outcome> {
        let text = fs::read_to_string(file).with_context(|| {
            format!(
                "{}: no outcome; run this test, too, for a whole table",
                file.display()
            )
        })?;
        let mut fields = text.splitn(4, ' ');
        let mut field = || {
            let field = fields.next();
            field.with_context(|| format!("{} is no outcome", file.display()))
        };
        Ok(Outcome {
            sent: field()?.parse()?,
            heard: field()?.parse()?,
            took: match field()? {
                "-" => None,
                ms => Some(ms.parse()?),
            },
            said: field()?.to_owned(),
        })
    }
}

fn play(
    bench: &Bench<'_>,
    report: &Report,
    states: &States,
    name: &str,
    row: &Row,
    model: &Model,
) -> Result<Outcome> {
    let verdict = |run: &mut Run| dies(run, row);
    let ended = vm::play(bench, report, states, name, &row.scenario, model, verdict)?;
    // What others have sent is of another type.
    let faults = &mut ended.traffic.faults.iter();
    let fault = faults.find(|fault| !(row.others_send && fault.starts_with("a frame of type")));
    if let Some(fault) = fault {
        bail!("a frame is no valid broadcast: {fault}");
    }
    outcome(row, row.expected.on(model.card), &ended)
}

/// Lets the machine die, and sees what becomes of it.
fn dies(run: &mut Run, row: &Row) -> Result<()> {
    (row.host)(run)?;
    let machine = &mut run.stage.machine;
    machine.expect(&format!("{PANIC}{}", row.panic))?;
    machine.expect(AFTER_NOTIFIERS)?;
    match row.then {
        Then::Reboots => machine.wait_off(),
        Then::Dumps => {
            machine.expect(r"the crash kernel sees a file of [1-9]\d{6,} bytes")?;
            run.ended_well()
        }
    }
}

/// What came of it, if that is what must come.
fn outcome(row: &Row, expected: Expected, ended: &Ended) -> Result<Outcome> {
    let console = &ended.console;
    let heard = ended.heard(RECORDS)?;
    let said = said(console);
    as_expected(row, expected, &heard, &said).with_context(|| format!("it says: {said}"))?;
    quiet(row, console)?;
    Ok(Outcome {
        sent: ended.traffic.broadcasts,
        heard: heard.total - heard.missing.len(),
        took: took(console)?,
        said,
    })
}

fn as_expected(row: &Row, expected: Expected, heard: &Heard, said: &str) -> Result<()> {
    ensure!(
        Regex::new(row.says)?.is_match(said),
        "it should say {}",
        row.says
    );
    let (total, missing) = (heard.total, heard.missing.len());
    let fits = match expected {
        Expected::All | Expected::ChanceOn(..) => missing == 0,
        Expected::Part(_) => missing > 0 && missing < total,
        Expected::Nothing(_) => missing == total,
        Expected::Chance(_) => missing == 0 || said.starts_with("gave up "),
    };
    ensure!(
        fits,
        "{} of {total} records were heard, the first that was not: {}",
        total - missing,
        heard.missing.first().map_or("none", String::as_str)
    );
    Ok(())
}

/// Once it has panicked, the kernel complains of nothing but of what the row is about.
fn quiet(row: &Row, console: &[String]) -> Result<()> {
    // The line itself may name an oops.
    let panic = first(console, PANIC)? + 1;
    let about = |line: &String| row.scenario.complaint.is_some_and(|it| line.contains(it));
    if console[panic..].iter().any(about) {
        return Ok(());
    }
    splat::none_in(&console[panic..])
}

fn first(console: &[String], pattern: &str) -> Result<usize> {
    let pattern = Regex::new(pattern)?;
    let found = console.iter().position(|line| pattern.is_match(line));
    found.with_context(|| format!("the console does not show {pattern}"))
}

/// The broadcaster's lines in the panic, without its name.
fn said(console: &[String]) -> String {
    let lines = console
        .iter()
        .skip_while(|line| !line.contains("Kernel panic"));
    let said = lines.filter_map(|line| line.split_once("] panic_broadcaster: "));
    let said: Vec<_> = said.map(|(_, said)| said).collect();
    if said.is_empty() {
        return "nothing".to_owned();
    }
    said.join("; ")
}

fn took(console: &[String]) -> Result<Option<u64>> {
    let panic = first(console, PANIC)?;
    let end = panic + first(&console[panic..], AFTER_NOTIFIERS)?;
    // The crash kernel's first line comes without any of them.
    if console[end].contains("] Linux version ") {
        return Ok(None);
    }
    let stamp = Regex::new(r"^\[ *(\d+)\.(\d{3})\d{3}\]")?;
    let at = |line: &str| -> Result<u64> {
        let found = stamp.captures(line).context("a line without a time")?;
        Ok(found[1].parse::<u64>()? * 1000 + found[2].parse::<u64>()?)
    };
    let took = at(&console[end])?.checked_sub(at(&console[panic])?);
    took.context("the clock goes back").map(Some)
}
