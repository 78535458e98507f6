// SPDX-License-Identifier: GPL-2.0

//! The page with what came of each row.

use super::{
    rows::{Expected, Row},
    Outcome,
};
use crate::{
    arch::Arch,
    model::{Card, Model, E1000, VIRTIO},
};
use anyhow::{Context, Result};
use clap::ValueEnum;
use std::{fmt::Write, fs, path::Path};

const HEAD: &str = "\
<!-- SPDX-License-Identifier: GPL-2.0 -->
<!-- Written by `cargo xtask test --only crash --table docs/crashes.md`, after the same for `--arch arm64`. -->

# Every way to crash

Each test of the suite `crash` crashes a machine that has `panic_broadcaster` loaded, and notes which log records the
receiver gets. The machine runs in QEMU, which emulates two CPUs. The table shows the last run of each test. A test is
called `crash/KERNEL/NAME/CARD`; the names of kernels for arm64 end with `-arm64`.
";

const LEGEND: &str = "\
- *kernel*: the lean kernel, or the debug kernel, which has all checks of the kernel enabled.
- *then*: what the machine does after the crash.
- *sent*: the number of frames on the wire. A full broadcast has 242 frames: 121 records, each sent twice. These are the
  120 last records in the log and the record that announces the panic. handler-panics-after has two panics, and twice as
  many frames.
- *heard*: how many of the 120 last records `panic-listen` reports.
- *took*: the time in the guest from the panic's line in the log to the end of its notifiers, or to the kernel's own
  notifier, which is called late. It includes stopping the other CPUs, and the kernel's own report if that comes after
  the panic's line.
- –: the test was not run with that card, or no notifier was called.

In two-cpus, hard-lockup and, by chance, other tests, a CPU has its interrupts off. The kernel stops that CPU with an
NMI, after a wait of a million times `udelay(1)`. The wait takes a second on hardware, and up to ten seconds under
emulation. The broadcast comes after that, and takes milliseconds.

On arm64, pseudo-nmi and hard-lockup-nmi boot with `irqchip.gicv3_pseudo_nmi=1`: the interrupt of a performance counter
is a pseudo-NMI then. In the other tests on arm64, a CPU that has its interrupts off is not stopped. With pseudo-NMIs, a
task of 7.3.4 that dies of `BUG()` leaves its CPU with all interrupts masked, and the machine hangs
(`Unexpected DAIF + PMR` in the log). An SError is not among the rows, because the emulator has no way to raise one.
external-abort takes an emulated CPU: under KVM, such a read returns 0.

In device-interrupts, the device's driver shares its interrupt with the test. The interrupt of virtio-net cannot be
shared.
";

/// The network cards, with columns of their own.
const CARDS: [Card; 2] = [VIRTIO, E1000];

const HEAD_OF_ROW: &str = "| test | how it dies | architecture | kernel | then |";
const HEAD_OF_REASON: &str = "| test | architecture | why |";

/// Writes the page, for which `outcome` has what came of each row with each of its cards.
pub fn write(
    file: &Path,
    rows: &[Row],
    outcome: impl Fn(&Row, &Model) -> Result<Outcome>,
) -> Result<()> {
    fs::write(file, page(rows, outcome)?)
        .with_context(|| format!("cannot write {}", file.display()))
}

fn page(rows: &[Row], outcome: impl Fn(&Row, &Model) -> Result<Outcome>) -> Result<String> {
    let (mut page, mut reasons) = (format!("{HEAD}\n{LEGEND}\n"), String::new());
    let (mut head, mut head_of_reasons) = (HEAD_OF_ROW.to_owned(), HEAD_OF_REASON.to_owned());
    for card in CARDS.map(Card::short) {
        write!(head, " {card}: sent | heard | took |")?;
        write!(head_of_reasons, " on {card} it says |")?;
    }
    writeln!(page, "{head}\n|{}", " --- |".repeat(5 + 3 * CARDS.len()))?;
    for (row, arch) in on_each(rows) {
        let (mut results, mut said) = (begin(row, arch), reason(row, arch));
        for card in CARDS {
            let mut on = row.scenario.on.iter();
            let Some(model) = on.find(|model| model.card == Some(card)) else {
                results += " – | – | – |";
                said += " – |";
                continue;
            };
            let outcome = outcome(row, &model.on(arch))?;
            let Outcome {
                sent, heard, took, ..
            } = outcome;
            let took = took.map_or_else(|| "–".to_owned(), |ms| format!("{ms} ms"));
            write!(results, " {sent} | {heard} | {took} |")?;
            write!(said, " {} |", outcome.said)?;
        }
        writeln!(page, "{results}")?;
        if row.expected.why().is_some() {
            writeln!(reasons, "{said}")?;
        }
    }
    writeln!(page, "\n## What is not always heard in full, and why\n")?;
    writeln!(
        page,
        "{head_of_reasons}\n|{}",
        " --- |".repeat(3 + CARDS.len())
    )?;
    Ok(page + &reasons)
}

/// Each row with each architecture that it is for.
fn on_each(rows: &[Row]) -> impl Iterator<Item = (&Row, Arch)> {
    rows.iter().flat_map(|row| {
        let arches = Arch::value_variants().iter().copied();
        let is_for = |arch: &Arch| row.scenario.only_on.is_none_or(|only| only == *arch);
        arches.filter(is_for).map(move |arch| (row, arch))
    })
}

/// What stands in a row before it is played.
fn begin(row: &Row, arch: Arch) -> String {
    let (name, kernel) = (row.scenario.name, row.kernel());
    format!(
        "| {name} | {} | {arch} | {kernel} | {} |",
        row.what,
        row.then.words()
    )
}

/// The same for why it is not heard in full.
fn reason(row: &Row, arch: Arch) -> String {
    let why = row.expected.why().unwrap_or_default();
    format!("| {} | {arch} | {why} |", row.scenario.name)
}

impl Expected {
    fn why(&self) -> Option<&'static str> {
        match *self {
            Expected::All => None,
            Expected::Part(why)
            | Expected::Nothing(why)
            | Expected::Chance(why)
            | Expected::ChanceOn(_, why) => Some(why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::rows::rows, *};
    use crate::project;
    use std::collections::HashSet;

    /// The page in the tree has the rows of the suite, in their order, with the reasons.
    #[test]
    fn the_page_is_that_of_this_suite() {
        let page = fs::read_to_string(project().join("docs/crashes.md")).expect("a page");
        let again = "run `cargo xtask test --only crash --table docs/crashes.md`";
        let rows = rows();
        let begun: Vec<_> = on_each(&rows).map(|(row, arch)| begin(row, arch)).collect();
        let table: Vec<_> = page
            .lines()
            .skip_while(|line| !line.starts_with("| ---"))
            .skip(1)
            .take_while(|line| !line.is_empty())
            .collect();
        assert_eq!(table.len(), begun.len(), "{again}");
        for (line, begin) in table.iter().zip(&begun) {
            assert!(line.starts_with(begin), "{begin}: {again}");
        }
        for (row, arch) in on_each(&rows) {
            let reason = reason(row, arch);
            let is_told = page.lines().any(|line| line.starts_with(&reason));
            assert_eq!(is_told, row.expected.why().is_some(), "{reason} {again}");
        }
    }

    #[test]
    fn there_are_enough_rows_and_each_has_a_name() {
        let rows = rows();
        let names: HashSet<_> = rows.iter().map(|row| row.scenario.name).collect();
        assert_eq!(names.len(), rows.len());
        assert!(rows.len() >= 30);
    }
}
