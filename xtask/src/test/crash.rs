// SPDX-License-Identifier: GPL-2.0

//! Suite `crash`: a machine with the broadcaster loaded dies in every way that is known here.

mod rows;
mod table;

use super::{
    each,
    report::Report,
    splat,
    vm::{self, Run, Scenario, RECORDS},
    Bench,
};
use crate::{
    kernel::Flavour,
    machine::AFTER_NOTIFIERS,
    modules, program, project,
    stage::{Heard, HEARING},
};
use anyhow::{bail, ensure, Context, Result};
use regex::Regex;
use rows::{rows, short, Expected, Row, Then};
use std::{fs, path::Path, time::Duration};

/// How long to listen to a machine that is not to be heard, once it is off.
const HUSH: Duration = Duration::from_millis(500);

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

/// The kernels that the wanted rows boot.
pub fn flavours(report: &Report) -> Vec<Flavour> {
    let rows = rows();
    let wanted = rows.iter().filter(|row| wanted(report, row));
    wanted.map(|row| row.scenario.flavour).collect()
}

/// Where the modules are that the wanted rows take.
pub fn folders(report: &Report) -> &'static [&'static str] {
    if rows().iter().any(|row| wanted(report, row)) {
        &modules::FOLDERS
    } else {
        &[]
    }
}

fn wanted(report: &Report, row: &Row) -> bool {
    let mut cards = row.cards.iter();
    cards.any(|card| report.wants(&row.test(card)))
}

/// Runs the rows, each of which keeps its outcome, and writes the latest of all to `file`.
pub fn run(bench: &Bench<'_>, report: &Report, file: Option<&Path>) -> Result<()> {
    if let Some(file) = file {
        let opened = fs::OpenOptions::new().append(true).create(true).open(file);
        opened.with_context(|| format!("--table: cannot write {}", file.display()))?;
    }
    let listen = program::panic_listen()?;
    let rows = rows();
    let kept = project().join("target/crashes");
    fs::create_dir_all(&kept).with_context(|| format!("cannot make {}", kept.display()))?;
    let kept = |row: &Row, card| kept.join(format!("{}-{}", row.scenario.name, short(card)));
    let plays: Vec<_> = rows
        .iter()
        .flat_map(|row| row.cards.iter().map(move |card| (row, *card)))
        .collect();
    each(&plays, |&(row, card)| {
        report.test(&row.test(card), || {
            let file = kept(row, card);
            // One that fails has no outcome, not an old one.
            let _ = fs::remove_file(&file);
            play(bench, row, card, &listen)?.keep(&file)
        });
    });
    let Some(file) = file else {
        return Ok(());
    };
    if report.has_failed() {
        println!(
            "{}: left as it was, since tests have failed",
            file.display()
        );
        return Ok(());
    }
    table::write(file, &rows, |row, card| Outcome::kept(&kept(row, card)))
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
        fs::write(file, format!("{sent} {heard} {took} {said}"))
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

fn play(bench: &Bench<'_>, row: &Row, card: &'static str, listen: &Path) -> Result<Outcome> {
    let mut outcome = None;
    let logs = format!("crash-{}", short(card));
    let scenario = Scenario {
        nic: card,
        ..row.scenario
    };
    let traffic = vm::play(bench, &logs, &scenario, listen, |run| {
        outcome = Some(dies(run, row, row.expected.on(card))?);
        Ok(())
    })?;
    let mut outcome = outcome.context("no outcome")?;
    outcome.sent = traffic.broadcasts;
    // What others have sent is of another type.
    let fault = traffic
        .faults
        .iter()
        .find(|fault| !(row.others_send && fault.starts_with("a frame of type")));
    if let Some(fault) = fault {
        bail!("a frame is no valid broadcast: {fault}");
    }
    Ok(outcome)
}

/// Lets the machine die, listens, and sees what becomes of it.
fn dies(run: &mut Run, row: &Row, expected: Expected) -> Result<Outcome> {
    (row.host)(run)?;
    let stage = &mut run.stage;
    stage.machine.expect(&format!("{PANIC}{}", row.panic))?;
    stage.machine.expect(AFTER_NOTIFIERS)?;
    match row.then {
        Then::Reboots => stage.machine.wait_off()?,
        Then::Dumps => {
            let sees = r"the crash kernel sees a file of [1-9]\d{6,} bytes";
            stage.machine.expect(sees)?;
            run.ended_well()?;
        }
    }
    let heard = run.stage.heard(
        RECORDS,
        match expected {
            Expected::Nothing(_) => HUSH,
            _ => HEARING,
        },
    )?;
    let console = run.stage.machine.lines();
    as_expected(row, expected, &heard, &said(&console))
        .with_context(|| format!("it says: {}", said(&console)))?;
    quiet(row, &console)?;
    Ok(Outcome {
        sent: 0,
        heard: heard.total - heard.missing.len(),
        took: took(&console)?,
        said: said(&console),
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

/// Once it panics, the kernel complains of nothing but of what the row is about.
fn quiet(row: &Row, console: &[String]) -> Result<()> {
    let panic = first(console, PANIC)?;
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
