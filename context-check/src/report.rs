// SPDX-License-Identifier: GPL-2.0

//! What is printed of a module.

mod dot;
mod json;
mod short;
mod text;

pub use dot::dot;
pub use json::json;
pub use text::text;

use crate::check::{Answer, Kind};

/// What is said of all handlers of a module. The number is the exit status; the worst one counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Proven = 0,
    Refused = 1,
    Unproven = 2,
}

impl Verdict {
    pub fn of(answer: &Answer) -> Self {
        let has = |kind| answer.findings.iter().any(|finding| finding.kind == kind);
        if has(Kind::Refused) {
            Verdict::Refused
        } else if has(Kind::Unproven) {
            Verdict::Unproven
        } else {
            Verdict::Proven
        }
    }

    /// The worse of two.
    pub fn max(self, other: Self) -> Self {
        match (self, other) {
            (Verdict::Refused, _) | (_, Verdict::Refused) => Verdict::Refused,
            (Verdict::Unproven, _) | (_, Verdict::Unproven) => Verdict::Unproven,
            _ => Verdict::Proven,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Verdict::Proven => "proven",
            Verdict::Refused => "refused",
            Verdict::Unproven => "unproven",
        }
    }
}
