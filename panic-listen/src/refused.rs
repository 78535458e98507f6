// SPDX-License-Identifier: GPL-2.0

//! What was not taken, counted by reason.

use panic_wire::Malformed;
use std::collections::BTreeMap;

/// Why a datagram was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refused {
    /// It is not a record.
    Malformed(Malformed),
    /// A fragment of a record longer than any kernel sends, or one of too many.
    TooLong,
    /// A fragment that contradicts another one of its record.
    Contradiction,
    /// Fragments of a record that never became complete.
    Incomplete,
}

impl Refused {
    /// Returns one word for the reason.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Malformed(reason) => reason.as_str(),
            Self::TooLong => "too-long",
            Self::Contradiction => "contradiction",
            Self::Incomplete => "incomplete",
        }
    }
}

/// How many datagrams were refused, by reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusals(BTreeMap<Refused, u64>);

impl Refusals {
    /// Counts one more.
    pub fn add(&mut self, reason: Refused) {
        *self.0.entry(reason).or_default() += 1;
    }

    /// Returns how many there were.
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// Returns the reasons that occurred, and how often.
    pub fn iter(&self) -> impl Iterator<Item = (Refused, u64)> + '_ {
        self.0.iter().map(|(&reason, &count)| (reason, count))
    }

    /// Returns how many `what` there were, and why: `3 malformed (header 2, fragment 1)`.
    pub fn counted(&self, what: &str) -> String {
        let reasons: Vec<_> = self
            .iter()
            .map(|(reason, count)| format!("{} {count}", reason.as_str()))
            .collect();
        match self.total() {
            0 => format!("0 {what}"),
            total => format!("{total} {what} ({})", reasons.join(", ")),
        }
    }
}
