// SPDX-License-Identifier: GPL-2.0

//! Datagrams from several sources at any time, through all of the receiver: it tells whole stories,
//! writes nothing that a terminal obeys, and remembers no more than it may.
//!
//! An input is datagrams with a zero byte between them. The first byte of each says who sends it (its
//! two lowest bits) and how long after the one before (the others, in steps of 20 ms).

#![no_main]

use jiff::Zoned;
use libfuzzer_sys::fuzz_target;
use panic_listen::{Event, Folder, Json, Limits, Origin, Receiver, Report};
use peak_alloc::PeakAlloc;
use serde_json::Value;
use std::{
    collections::HashMap,
    env, fs,
    net::IpAddr,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

/// So low that a short input reaches all of them.
const LIMITS: Limits = Limits {
    quiet: Duration::from_secs(2),
    hold: Duration::from_millis(250),
    machines: 3,
    held_records: 4,
    held_bytes: 512,
    remembered: 8,
    fragmented_bytes: 128,
    fragments: 4,
    incomplete: 2,
};

/// What the receiver may take under these limits: text and fragments that are held, tables twice as
/// large as what is in them, and the events of one datagram, which it keeps the room of.
const MEMORY: usize = 16 << 10;

/// Files that may be kept of one input, and bytes of each.
const FILES: u32 = 3;
const FILE_BYTES: u64 = 1000;

fuzz_target!(|input: &[u8]| {
    remembers_no_more_than_it_may(input);

    let folder = tempfile::tempdir_in(memory()).unwrap();
    let mut told = Told::new(folder.path());
    let mut receiver = Receiver::new(LIMITS);
    for (from, payload, now) in datagrams(input) {
        receiver.tick(now).for_each(|event| told.event(&event));
        let events = receiver.datagram(from, payload, now);
        events.for_each(|event| told.event(&event));
    }
    receiver.finish().for_each(|event| told.event(&event));
    assert!(!receiver.is_hearing());
    told.check(folder.path());
});

/// The datagrams of an input: from whom, what, when.
fn datagrams(input: &[u8]) -> impl Iterator<Item = (IpAddr, &[u8], Instant)> {
    let mut now = Instant::now();
    let datagrams = input.split(|&byte| byte == 0);
    datagrams.filter_map(move |datagram| {
        let (&first, payload) = datagram.split_first()?;
        now += Duration::from_millis(20 * u64::from(first >> 2));
        Some(([10, 0, 0, first & 3].into(), payload, now))
    })
}

fn remembers_no_more_than_it_may(input: &[u8]) {
    let before = ALLOCATED.current_usage();
    let mut receiver = Receiver::new(LIMITS);
    for (from, payload, now) in datagrams(input) {
        receiver.tick(now).for_each(drop);
        receiver.datagram(from, payload, now).for_each(drop);
        let takes = ALLOCATED.current_usage() - before;
        assert!(takes <= MEMORY, "{takes} bytes");
    }
}

/// A folder in memory, where the system has one.
fn memory() -> PathBuf {
    let shared = PathBuf::from("/dev/shm");
    if shared.is_dir() {
        shared
    } else {
        env::temp_dir()
    }
}

/// All that was told, and written in every way there is.
struct Told {
    open: HashMap<Origin, Story>,
    json: Json<Vec<u8>>,
    report: Report<Vec<u8>>,
    folder: Folder,
    time: Zoned,
    events: usize,
}

/// What was told of a crash: records, and the highest number.
#[derive(Default)]
struct Story {
    records: u64,
    last: Option<u64>,
}

impl Told {
    fn new(folder: &Path) -> Self {
        Self {
            open: HashMap::new(),
            json: Json::new(Vec::new()),
            report: Report::new(Vec::new(), false),
            folder: Folder::open(folder, FILES, FILE_BYTES).unwrap(),
            time: Zoned::default(),
            events: 0,
        }
    }

    fn event(&mut self, event: &Event) {
        self.events += 1;
        self.json.event(event, self.time.timestamp()).unwrap();
        self.report.event(event, &self.time).unwrap();
        // An error is that there are enough.
        let _ = self.folder.event(event, &self.time);

        let origin = event.origin();
        if let Event::Began { .. } = event {
            assert!(self.open.len() < LIMITS.machines);
            assert!(self.open.insert(origin, Story::default()).is_none());
            return;
        }
        let story = self.open.get_mut(&origin).expect("it did not begin");
        match event {
            Event::Began { .. } => {}
            Event::Record { record, late, .. } => {
                assert_eq!(*late, story.last.is_some_and(|last| record.seq < last));
                story.records += 1;
                story.last = story.last.max(Some(record.seq));
            }
            Event::Gap { missing, .. } => assert!(missing.start() <= missing.end()),
            Event::Ended { summary, .. } => {
                assert_eq!(summary.records, story.records);
                assert!(summary.late <= summary.records);
                self.open.remove(&origin);
            }
        }
    }

    /// All stories have ended, and nothing that was written is more than text.
    fn check(self, folder: &Path) {
        assert!(self.open.is_empty());
        let Self {
            json,
            report,
            events,
            ..
        } = self;
        let json = plain_text(json.into_inner());
        assert_eq!(json.lines().count(), events);
        for line in json.lines() {
            let object: Value = serde_json::from_str(line).unwrap();
            assert!(object["machine"].is_string() && object["crash"].is_u64());
        }
        plain_text(report.into_inner());

        let files: Vec<_> = fs::read_dir(folder).unwrap().map(Result::unwrap).collect();
        assert!(files.len() <= FILES as usize);
        for file in files {
            let saved = fs::read(file.path()).unwrap();
            assert!(saved.len() as u64 <= FILE_BYTES);
            plain_text(saved);
        }
    }
}

fn plain_text(written: Vec<u8>) -> String {
    let text = String::from_utf8(written).unwrap();
    assert!(!text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\t')));
    text
}
