// SPDX-License-Identifier: GPL-2.0

//! Crashes for people to read.

use crate::{Event, Origin, Printable, Record, Summary};
use anstyle::{AnsiColor, Style};
use jiff::Zoned;
use panic_wire::Caller;
use std::io::{self, Write};

const TITLE: Style = AnsiColor::BrightRed.on_default().bold();
const ASIDE: Style = AnsiColor::Cyan.on_default();
const TIME: Style = AnsiColor::Green.on_default();

/// Writes crashes as they are heard: a header, the records as dmesg prints them, a summary.
///
/// ```text
/// === 10.0.0.2 at 2026-11-20 22:15:02 +01:00: Kernel panic - not syncing: the reason
/// [    1.234567] the record before
/// -- 2 records missing: 120..121 --
/// [    1.234599] Kernel panic - not syncing: the reason
/// === 10.0.0.2: 2 records, 2 repeats dropped, 2 missing, 0 malformed
/// ```
///
/// Nothing that was received reaches the output but as printable text.
#[derive(Debug)]
pub struct Report<W> {
    out: W,
    styled: bool,
    /// Whose lines are being written.
    current: Option<Origin>,
}

impl<W: Write> Report<W> {
    /// Returns a report that is written to `out`: with colours if `styled`.
    pub fn new(out: W, styled: bool) -> Self {
        Self {
            out,
            styled,
            current: None,
        }
    }

    fn style(&self, style: Style) -> Style {
        if self.styled {
            style
        } else {
            Style::new()
        }
    }

    /// Writes an event. `now` is the time of a crash that begins with it.
    pub fn event(&mut self, event: &Event, now: &Zoned) -> io::Result<()> {
        let origin = event.origin();
        // The first line and the last name the machine themselves.
        let names_itself = matches!(event, Event::Began { .. } | Event::Ended { .. });
        if self.current != Some(origin) && !names_itself {
            // Machines that crash together take turns.
            let title = self.style(TITLE);
            writeln!(
                self.out,
                "{title}=== {}, continued{title:#}",
                origin.machine
            )?;
        }
        self.current = Some(origin);

        let aside = self.style(ASIDE);
        match event {
            Event::Began { panic, .. } => self.header(origin, panic.as_ref(), now),
            Event::Record { record, late, .. } => {
                if *late {
                    writeln!(
                        self.out,
                        "{aside}-- record {} came late --{aside:#}",
                        record.seq
                    )?;
                }
                self.record(record)
            }
            Event::Gap { missing, .. } => {
                let (first, last) = (missing.start(), missing.end());
                match last.saturating_sub(*first).saturating_add(1) {
                    1 => writeln!(self.out, "{aside}-- 1 record missing: {first} --{aside:#}"),
                    n => writeln!(
                        self.out,
                        "{aside}-- {n} records missing: {first}..{last} --{aside:#}"
                    ),
                }
            }
            Event::Ended { summary, .. } => {
                self.current = None;
                self.summary(origin, summary)
            }
        }
    }

    /// Returns what it was written to.
    pub fn into_inner(self) -> W {
        self.out
    }

    /// Makes sure that all that was written is seen.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn header(&mut self, origin: Origin, panic: Option<&Record>, now: &Zoned) -> io::Result<()> {
        let (machine, time) = (origin.machine, now.strftime("%Y-%m-%d %H:%M:%S %:z"));
        let title = self.style(TITLE);
        write!(self.out, "{title}=== {machine} at {time}")?;
        if let Some(panic) = panic {
            let text = panic.text();
            // One line, whatever is in it.
            write!(self.out, ": {}", Printable(&text))?;
        }
        writeln!(self.out, "{title:#}")
    }

    fn record(&mut self, record: &Record) -> io::Result<()> {
        let (seconds, micros) = (record.usec / 1_000_000, record.usec % 1_000_000);
        let caller = match record.caller {
            None => String::new(),
            Some(Caller::Task(id)) => format!("[{:>6}]", format!("T{id}")),
            Some(Caller::Cpu(id)) => format!("[{:>6}]", format!("C{id}")),
        };
        let (time, style) = (
            self.style(TIME),
            self.style(level_style(record.prio.level())),
        );
        for line in record.text().split(|&b| b == b'\n') {
            writeln!(
                self.out,
                "{time}[{seconds:5}.{micros:06}]{caller}{time:#} {style}{}{style:#}",
                Printable(line)
            )?;
        }
        Ok(())
    }

    fn summary(&mut self, origin: Origin, summary: &Summary) -> io::Result<()> {
        let Summary {
            records,
            repeats,
            missing,
            late,
            malformed,
            evicted,
        } = summary;
        let malformed = malformed.counted("malformed");
        let title = self.style(TITLE);
        write!(
            self.out,
            "{title}=== {}: {records} records, {repeats} repeats dropped, {missing} missing, \
             {malformed}",
            origin.machine
        )?;
        if *late > 0 {
            write!(self.out, ", {late} late")?;
        }
        if *evicted {
            write!(self.out, ", cut off: too many machines at once")?;
        }
        writeln!(self.out, "{title:#}")?;
        writeln!(self.out)
    }
}

/// Returns how to show a record of this level, much as dmesg does.
fn level_style(level: u8) -> Style {
    match level {
        0..=2 => AnsiColor::Red.on_default().bold(),
        3 => AnsiColor::Red.on_default(),
        4 => AnsiColor::Yellow.on_default(),
        7 => Style::new().dimmed(),
        _ => Style::new(),
    }
}
