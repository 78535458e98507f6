// SPDX-License-Identifier: GPL-2.0

//! Crashes for programs to read.

use crate::{printable::is_printable, Event, Record};
use jiff::Timestamp;
use panic_wire::{unescape, Caller};
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter};
use std::{
    collections::BTreeMap,
    io::{self, Write},
    net::IpAddr,
};

/// Writes each event as a JSON object on a line of its own.
///
/// All have a `type`, a `machine` (its address) and a `crash` (a number for each). The types are
/// `crash`, `record`, `gap` and `summary`.
#[derive(Debug)]
pub struct Json<W> {
    out: W,
}

#[derive(Serialize)]
struct Object {
    #[serde(rename = "type")]
    kind: &'static str,
    machine: IpAddr,
    crash: u64,
    #[serde(flatten)]
    what: What,
}

#[derive(Serialize)]
#[serde(untagged)]
enum What {
    Crash {
        time: Timestamp,
        /// The panic's message, if its record came ahead.
        panic: Option<String>,
    },
    Record(Box<Fields>),
    Gap {
        first: u64,
        last: u64,
    },
    Summary {
        records: u64,
        repeats: u64,
        missing: u64,
        late: u64,
        malformed: u64,
        malformed_by_reason: BTreeMap<&'static str, u64>,
        evicted: bool,
    },
}

#[derive(Serialize)]
struct Fields {
    prio: u16,
    facility: u8,
    level: u8,
    seq: u64,
    usec: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    caller: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    release: Option<String>,
    late: bool,
    text: String,
    /// The text as sent, where it is not UTF-8, so that nothing of it is lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    escaped: Option<String>,
    /// Keys and values as sent with the text; a key's last value counts.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    dictionary: BTreeMap<String, String>,
}

impl<W: Write> Json<W> {
    /// Returns a writer of objects to `out`.
    pub fn new(out: W) -> Self {
        Self { out }
    }

    /// Writes an event. `now` is the time of a crash that begins with it.
    pub fn event(&mut self, event: &Event, now: Timestamp) -> io::Result<()> {
        let origin = event.origin();
        let (kind, what) = match event {
            Event::Began { panic, .. } => {
                let panic = panic
                    .as_ref()
                    .and_then(Record::panic)
                    .map(|bytes| lossy(&bytes));
                ("crash", What::Crash { time: now, panic })
            }
            Event::Record { record, late, .. } => {
                ("record", What::Record(Box::new(fields(record, *late))))
            }
            Event::Gap { missing, .. } => {
                let (first, last) = (*missing.start(), *missing.end());
                ("gap", What::Gap { first, last })
            }
            Event::Ended { summary, .. } => {
                let reasons = summary.malformed.iter();
                (
                    "summary",
                    What::Summary {
                        records: summary.records,
                        repeats: summary.repeats,
                        missing: summary.missing,
                        late: summary.late,
                        malformed: summary.malformed.total(),
                        malformed_by_reason: reasons.map(|(r, n)| (r.as_str(), n)).collect(),
                        evicted: summary.evicted,
                    },
                )
            }
        };
        let object = Object {
            kind,
            machine: origin.machine,
            crash: origin.crash,
            what,
        };
        let mut serializer = serde_json::Serializer::with_formatter(&mut self.out, Inert);
        object.serialize(&mut serializer)?;
        self.out.write_all(b"\n")
    }

    /// Returns what it was written to.
    pub fn into_inner(self) -> W {
        self.out
    }

    /// Makes sure that all that was written is seen.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn fields(record: &Record, late: bool) -> Fields {
    let body = record.body();
    let text = record.text();
    let is_utf8 = std::str::from_utf8(&text).is_ok();
    Fields {
        prio: record.prio.raw(),
        facility: record.prio.facility(),
        level: record.prio.level(),
        seq: record.seq,
        usec: record.usec,
        caller: record.caller.map(|caller| match caller {
            Caller::Task(id) => format!("T{id}"),
            Caller::Cpu(id) => format!("C{id}"),
        }),
        release: record.release.as_deref().map(lossy),
        late,
        text: lossy(&text),
        escaped: (!is_utf8).then(|| lossy(body.text)),
        dictionary: body
            .dictionary
            .map(|(key, value)| (key, unescape(value).collect::<Vec<_>>()))
            .map(|(key, value)| (lossy(key), lossy(&value)))
            .collect(),
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Plain JSON in which also those characters are escaped that a terminal would obey.
struct Inert;

impl Formatter for Inert {
    fn write_string_fragment<W>(&mut self, out: &mut W, fragment: &str) -> io::Result<()>
    where
        W: ?Sized + Write,
    {
        if fragment.bytes().all(|b| matches!(b, b' '..=b'~')) {
            return CompactFormatter.write_string_fragment(out, fragment);
        }
        for c in fragment.chars() {
            let mut buf = [0; 4];
            if is_printable(c) {
                CompactFormatter.write_string_fragment(out, c.encode_utf8(&mut buf))?;
            } else {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }
}
