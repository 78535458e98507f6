// SPDX-License-Identifier: GPL-2.0

//! What is printed of a module.

use crate::{
    check::{Answer, Finding, Kind},
    module::Class,
};
use serde_json::{json, Value};
use std::fmt::Write;

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

/// One line for each finding, and one for the module.
pub fn text(module: &str, answer: &Answer) -> String {
    let mut text = String::new();
    for finding in &answer.findings {
        let _ = writeln!(text, "{}", line(finding));
    }
    for assumed in &answer.assumed {
        let _ = writeln!(
            text,
            "assumed: {}: an object of this module, one of {}",
            assumed.at,
            assumed.candidates.join(", ")
        );
    }
    for place in &answer.used {
        let _ = writeln!(text, "allowed: by {place}");
    }
    let _ = match answer.handlers.is_empty() {
        true => writeln!(text, "{module}: no atomic handlers"),
        false => writeln!(
            text,
            "{module}: {} atomic handlers, {} NMI handlers: {}",
            answer.count(Class::Atomic),
            answer.count(Class::Nmi),
            Verdict::of(answer).word()
        ),
    };
    text
}

fn line(finding: &Finding) -> String {
    let word = match finding.kind {
        Kind::Refused => "refused",
        Kind::Unproven => "unproven",
    };
    let mut line = format!("{word}: {} -> {}", finding.path.join(" -> "), finding.what);
    if !finding.why.is_empty() {
        let _ = write!(line, " ({})", finding.why);
    }
    let _ = write!(line, " at {}", finding.at);
    if let Some(place) = &finding.line {
        let _ = write!(line, " {place}");
    }
    if finding.within.len() > 1 {
        let _ = write!(line, "; in the kernel: {}", finding.within.join(" -> "));
    }
    line
}

pub fn json(module: &str, answer: &Answer) -> Value {
    json!({
        "module": module,
        "verdict": Verdict::of(answer).word(),
        "handlers": answer.handlers,
        "findings": answer.findings,
        "assumed": answer.assumed,
        "allowed": answer.used,
    })
}
