// SPDX-License-Identifier: GPL-2.0

//! One machine's crash: its records in order, repeats dropped, gaps said.

use crate::{Limits, Record, Refusals};
use std::{
    collections::{BTreeMap, VecDeque},
    net::IpAddr,
    ops::RangeInclusive,
    time::{Duration, Instant},
};

/// A machine takes at least so long from a panic to the next one's first record.
const REBOOT: Duration = Duration::from_millis(400);

/// So far may the clocks of a machine's processors be apart, in microseconds.
const CLOCK_SKEW: u64 = 1_000_000;

/// Whose crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// The address that the datagrams came from.
    pub machine: IpAddr,
    /// A number of its own for each crash, from 1.
    pub crash: u64,
}

/// What happened, in the order to tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A machine began to report. Its crash's other events follow.
    Began {
        origin: Origin,
        /// The panic's own record, if it came ahead of the others. It comes again in its place.
        panic: Option<Record>,
    },
    /// A record. Their sequence numbers ascend, except for those that are late.
    Record {
        origin: Origin,
        record: Record,
        /// It came when its place was already passed.
        late: bool,
    },
    /// Records with these sequence numbers are missing. Some of them may still come late.
    Gap {
        origin: Origin,
        missing: RangeInclusive<u64>,
    },
    /// The machine fell silent.
    Ended { origin: Origin, summary: Summary },
}

impl Event {
    /// Returns whose event this is.
    pub fn origin(&self) -> Origin {
        match *self {
            Self::Began { origin, .. }
            | Self::Record { origin, .. }
            | Self::Gap { origin, .. }
            | Self::Ended { origin, .. } => origin,
        }
    }
}

/// How a crash was heard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Different records.
    pub records: u64,
    /// Records that came again, and were dropped.
    pub repeats: u64,
    /// Sequence numbers between the first and the last record that never came.
    pub missing: u64,
    /// Records of `records` that came after their place was passed.
    pub late: u64,
    /// Datagrams that were refused, by reason.
    pub malformed: Refusals,
    /// The report was cut off: too many machines talked at once.
    pub evicted: bool,
}

/// A crash that is being heard.
#[derive(Debug)]
pub(crate) struct Crash {
    origin: Origin,
    began: bool,
    /// The last datagram that was a record.
    heard: Instant,
    /// Since when the first held record waits for an earlier one.
    waits: Option<Instant>,
    /// The record of the panic itself.
    panic: Option<Identity>,
    /// Records that wait for an earlier one, and the bytes they take.
    held: BTreeMap<u64, Record>,
    held_bytes: usize,
    /// Records that were told, in order; the oldest are forgotten.
    told: VecDeque<Identity>,
    /// The highest sequence number that was forgotten.
    forgotten: Option<u64>,
    pub(crate) summary: Summary,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity {
    seq: u64,
    usec: u64,
    identity: u64,
}

impl From<&Record> for Identity {
    fn from(record: &Record) -> Self {
        Self {
            seq: record.seq,
            usec: record.usec,
            identity: record.identity(),
        }
    }
}

impl Crash {
    pub(crate) fn new(origin: Origin, now: Instant) -> Self {
        Self {
            origin,
            began: false,
            heard: now,
            waits: None,
            panic: None,
            held: BTreeMap::new(),
            held_bytes: 0,
            told: VecDeque::new(),
            forgotten: None,
            summary: Summary::default(),
        }
    }

    /// When something of this machine was last heard.
    pub(crate) fn heard(&self) -> Instant {
        self.heard
    }

    /// Notes that something of it was heard that is not a whole record yet.
    pub(crate) fn hear(&mut self, now: Instant) {
        self.heard = now;
    }

    /// Returns whether `record` must be from another boot of the machine than those here.
    pub(crate) fn is_of_another_boot(&self, record: &Record, now: Instant) -> bool {
        // A kernel panics once.
        let new = Identity::from(record);
        if self.panic.is_some_and(|panic| panic != new) && record.is_panic() {
            return true;
        }
        if let Some(known) = self.known(record.seq) {
            return known != new;
        }

        // Later numbers have later times.
        let (first, last) = (self.told.front(), self.told.back());
        let contradicts = |other: &Identity| {
            let (low, high) = if other.seq < new.seq {
                (other, &new)
            } else {
                (&new, other)
            };
            high.usec > 0 && low.usec > high.usec.saturating_add(CLOCK_SKEW)
        };
        if first.is_some_and(contradicts) || last.is_some_and(contradicts) {
            return true;
        }

        // Older than all, after a pause: datagrams do not overtake each other by that much.
        first.is_some_and(|first| new.seq < first.seq)
            && self.forgotten.is_none()
            && now.saturating_duration_since(self.heard) >= REBOOT
    }

    /// Returns what is known of the record `seq`, if it was received.
    fn known(&self, seq: u64) -> Option<Identity> {
        if let Some(held) = self.held.get(&seq) {
            return Some(held.into());
        }
        // Mostly they come in order: then it is none of those that were told.
        if self.told.back().is_none_or(|last| last.seq < seq) {
            return None;
        }
        let index = self.told.binary_search_by_key(&seq, |told| told.seq).ok()?;
        self.told.get(index).copied()
    }

    /// Returns whether the record `seq` was received.
    pub(crate) fn has(&self, seq: u64) -> bool {
        self.forgotten.is_some_and(|forgotten| seq <= forgotten) || self.known(seq).is_some()
    }

    /// Takes a record.
    pub(crate) fn take(
        &mut self,
        record: Record,
        now: Instant,
        limits: &Limits,
        events: &mut Vec<Event>,
    ) {
        self.heard = now;
        let seq = record.seq;
        if self.has(seq) {
            self.summary.repeats += 1;
            return;
        }
        self.summary.records += 1;

        let is_panic = record.is_panic();
        if is_panic {
            self.panic = Some(Identity::from(&record));
            // The message at once, wherever its place is.
            self.begin(Some(&record), events);
        }

        match self.told.back() {
            Some(last) if seq < last.seq => return self.tell_late(record, limits, events),
            Some(last) if Some(seq) == last.seq.checked_add(1) && self.held.is_empty() => {
                return self.tell(record, limits, events);
            }
            _ => {}
        }
        self.held_bytes += record.size();
        self.held.insert(seq, record);

        self.tell_what_follows(limits, events);
        while self.held.len() > limits.held_records || self.held_bytes > limits.held_bytes {
            self.tell_first_held(limits, events);
            self.tell_what_follows(limits, events);
        }
        if self.held.is_empty() {
            self.waits = None;
        } else if !is_panic || !self.told.is_empty() {
            // A panic that was announced ahead of all others waits for them as long as it takes.
            self.waits.get_or_insert(now);
        }
    }

    /// Ends the wait for records that have been missing for too long.
    pub(crate) fn tick(&mut self, now: Instant, limits: &Limits, events: &mut Vec<Event>) {
        let waited = |since: Instant| now.saturating_duration_since(since) >= limits.hold;
        if self.waits.is_some_and(waited) {
            self.tell_first_held(limits, events);
            self.tell_what_follows(limits, events);
            // The next gap has its own time.
            self.waits = (!self.held.is_empty()).then_some(now);
        }
    }

    /// Tells what is left.
    pub(crate) fn end(mut self, limits: &Limits, events: &mut Vec<Event>) {
        while !self.held.is_empty() {
            self.tell_first_held(limits, events);
        }
        if !self.began {
            return; // Not one whole record: there is nothing to tell.
        }
        events.push(Event::Ended {
            origin: self.origin,
            summary: self.summary,
        });
    }

    fn begin(&mut self, panic: Option<&Record>, events: &mut Vec<Event>) {
        if !self.began {
            self.began = true;
            events.push(Event::Began {
                origin: self.origin,
                panic: panic.cloned(),
            });
        }
    }

    fn tell_first_held(&mut self, limits: &Limits, events: &mut Vec<Event>) {
        if let Some((_, record)) = self.held.pop_first() {
            self.held_bytes -= record.size();
            self.tell(record, limits, events);
        }
    }

    /// Tells the held records for which nothing is waited any more.
    fn tell_what_follows(&mut self, limits: &Limits, events: &mut Vec<Event>) {
        while let (Some(last), Some((&seq, _))) = (self.told.back(), self.held.first_key_value()) {
            if Some(seq) != last.seq.checked_add(1) {
                break;
            }
            self.waits = None;
            self.tell_first_held(limits, events);
        }
    }

    /// Tells a record that comes after all that were told.
    fn tell(&mut self, record: Record, limits: &Limits, events: &mut Vec<Event>) {
        self.begin(None, events);
        if let Some(last) = self.told.back() {
            self.tell_gap(last.seq, record.seq, events);
        }
        self.told.push_back(Identity::from(&record));
        self.forget_oldest(limits);
        self.push_record(record, false, events);
    }

    /// Tells a record whose place was passed.
    fn tell_late(&mut self, record: Record, limits: &Limits, events: &mut Vec<Event>) {
        self.summary.late += 1;
        let new = Identity::from(&record);
        self.push_record(record, true, events);

        let index = self.told.partition_point(|told| told.seq < new.seq);
        if index > 0 || self.forgotten.is_some() {
            // It was said to be missing.
            self.summary.missing = self.summary.missing.saturating_sub(1);
        } else if let Some(first) = self.told.front() {
            self.tell_gap(new.seq, first.seq, events);
        }
        self.told.insert(index, new);
        self.forget_oldest(limits);
    }

    fn push_record(&self, record: Record, late: bool, events: &mut Vec<Event>) {
        events.push(Event::Record {
            origin: self.origin,
            record,
            late,
        });
    }

    /// Tells that the records between `before` and `after` are missing, if there are any.
    fn tell_gap(&mut self, before: u64, after: u64, events: &mut Vec<Event>) {
        let count = after.saturating_sub(before).saturating_sub(1);
        if count > 0 {
            self.summary.missing = self.summary.missing.saturating_add(count);
            events.push(Event::Gap {
                origin: self.origin,
                missing: before.saturating_add(1)..=after.saturating_sub(1),
            });
        }
    }

    fn forget_oldest(&mut self, limits: &Limits) {
        while self.told.len() > limits.remembered.max(1) {
            self.forgotten = self
                .told
                .pop_front()
                .map(|told| told.seq)
                .max(self.forgotten);
        }
    }
}
