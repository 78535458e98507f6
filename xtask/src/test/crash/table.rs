// SPDX-License-Identifier: GPL-2.0

//! The page with what came of each row.

use super::{
    rows::{Expected, Row},
    Outcome, RECORDS,
};
use anyhow::{Context, Result};
use std::{fmt::Write, fs, path::Path};

const HEAD: &str = "\
<!-- SPDX-License-Identifier: GPL-2.0 -->
<!-- Written by `cargo xtask test --only crash --table docs/crashes.md`. -->

# Every way to crash

What came of each test of the suite `crash`: a machine with `panic_broadcaster` loaded dies in QEMU,
which emulates two CPUs, and is listened to.
";

const LEGEND: &str = "\
- *on*: the kernel, lean or with everything that makes one complain, and the network card.
- *sent*: the frames on the wire. A panic is sent twice, and what is said last is not in it.
- *heard*: by `panic-listen`, of the last records in the log.
- *took*: the guest's time from the panic's line to the end of its notifiers, with the stopping of the
  other CPUs, and with the kernel's own report where that comes after the line.
- *then*: what became of the machine.

In two-cpus and hard-lockup, a CPU has its interrupts off. The kernel stops it by an NMI, but first waits for it: a
million times `udelay(1)`, which is a second on hardware, and up to ten where it is emulated. The broadcast comes
after that, and takes milliseconds.

Not a row, for it fails by chance: load with e1000, on the debug kernel. Some of its crashes were heard in full, and
rebooted. In the others, 3 of 6 seen, the machine said nothing more after the panic's stack trace, and hung. Why is not
known yet. That of load with virtio-net never did.
";

pub fn write(file: &Path, rows: &[Row], outcomes: &[Outcome]) -> Result<()> {
    fs::write(file, page(rows, outcomes)?)
        .with_context(|| format!("cannot write {}", file.display()))
}

fn page(rows: &[Row], outcomes: &[Outcome]) -> Result<String> {
    let mut page = format!("{HEAD}\n{LEGEND}\n");
    writeln!(
        page,
        "| test | how it dies | on | sent | heard | took | then |"
    )?;
    writeln!(page, "| --- | --- | --- | --- | --- | --- | --- |")?;
    let pairs = || rows.iter().zip(outcomes);
    for (row, outcome) in pairs() {
        writeln!(
            page,
            "{}{} | {} of {RECORDS} | {} ms | {} |",
            begin(row),
            outcome.sent,
            outcome.heard,
            outcome.took,
            row.then.words()
        )?;
    }
    writeln!(page, "\n## What is not heard in full, and why\n")?;
    writeln!(page, "| test | why | what the broadcaster says |")?;
    writeln!(page, "| --- | --- | --- |")?;
    for (row, outcome) in pairs() {
        if let Some(why) = row.expected.why() {
            let name = row.scenario.name;
            writeln!(page, "| {name} | {why} | {} |", outcome.said)?;
        }
    }
    Ok(page)
}

/// What stands in a row before it is played.
fn begin(row: &Row) -> String {
    let scenario = &row.scenario;
    let kernel = scenario.flavour.name();
    let nic = scenario.nic.trim_end_matches("-pci");
    format!("| {} | {} | {kernel}, {nic} | ", scenario.name, row.what)
}

impl Expected {
    fn why(&self) -> Option<&'static str> {
        match *self {
            Expected::All => None,
            Expected::Part(why) | Expected::Nothing(why) | Expected::Chance(why) => Some(why),
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
        let begun: Vec<_> = rows.iter().map(begin).collect();
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
        for row in &rows {
            if let Some(why) = row.expected.why() {
                let begin = format!("| {} | {why} |", row.scenario.name);
                assert!(
                    page.lines().any(|line| line.starts_with(&begin)),
                    "{begin}: {again}"
                );
            }
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
