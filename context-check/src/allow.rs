// SPDX-License-Identifier: GPL-2.0

//! What a driver's author has looked at and answers for: one line each, with a reason.

use crate::names::matches;
use anyhow::{ensure, Context, Result};
use std::path::Path;

/// Handlers like `handler` may call functions like `function`.
#[derive(Clone, Debug)]
pub struct Allowed {
    pub handler: String,
    pub function: String,
    /// The file and the line.
    pub place: String,
}

impl Allowed {
    pub fn applies(&self, handler: &str, function: &str) -> bool {
        matches(&self.handler, handler) && matches(&self.function, function)
    }
}

pub fn read(path: &Path) -> Result<Vec<Allowed>> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    parse(&text, &path.display().to_string())
}

pub fn parse(text: &str, file: &str) -> Result<Vec<Allowed>> {
    let mut all = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let place = format!("{file}:{number}");
        let entry = parse_line(line).with_context(|| format!("{place}: `{line}`"))?;
        all.push(Allowed { place, ..entry });
    }
    Ok(all)
}

/// What stands for the reason in a line to copy: a line that still has it is an error.
pub const PLACEHOLDER: &str = "WHY";

/// An entry for calls of exactly this function by exactly this handler. A reason has to be put in.
pub fn line(handler: &str, function: &str) -> String {
    format!("{handler} -> {function}: {PLACEHOLDER}")
}

/// How an entry is written.
const FORM: &str = "write HANDLER -> FUNCTION: REASON";

/// What is in a report, and in no entry.
const OF_REPORTS: [&str; 2] = ["refused: ", "unproven: "];

fn parse_line(line: &str) -> Result<Allowed> {
    let parts = split(line).or_else(|| line.split_once(" -> "));
    let begin = parts.map_or(line, |(handler, _)| handler);
    let is_of_report = |part: &str| begin.starts_with(part) || begin.contains(&format!(": {part}"));
    ensure!(
        !OF_REPORTS.into_iter().any(is_of_report),
        "this is a line of a report, and no entry; copy the line that ends in `: {PLACEHOLDER}` \
         from below it, and put your reason in the place of {PLACEHOLDER}"
    );
    let (handler, rest) = parts.context(FORM)?;
    let (function, reason) = rest
        .split_once(": ")
        .with_context(|| format!("there is no reason: {FORM}"))?;
    let (handler, function, reason) = (handler.trim(), function.trim(), reason.trim());
    ensure!(!reason.is_empty(), "there is no reason");
    ensure!(
        reason != PLACEHOLDER,
        "the reason is missing: say in the place of {PLACEHOLDER} why the handler may make this call"
    );
    ensure!(!handler.is_empty() && !function.is_empty(), FORM);
    ensure!(
        split(function).is_none(),
        "this is a path; name only its first and its last function: {FORM}"
    );
    Ok(Allowed {
        handler: handler.to_owned(),
        function: function.to_owned(),
        place: String::new(),
    })
}

/// Splits at the first arrow that is not in a type, such as `Bell<fn() -> u8>`.
fn split(line: &str) -> Option<(&str, &str)> {
    let mut depth = 0_i32;
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        match c {
            '<' | '(' | '[' => depth += 1,
            '>' if before == '-' => {
                let (left, right) = (line.get(..at - 1)?, line.get(at + 1..)?);
                if let (0, Some(left), Some(right)) =
                    (depth, left.strip_suffix(' '), right.strip_prefix(' '))
                {
                    return Some((left, right));
                }
            }
            '>' | ')' | ']' => depth -= 1,
            _ => {}
        }
        before = c;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries() {
        let all = parse("# why\n\n*Alarm -> a::b*: it is short\n", "f").unwrap();
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].place, "f:3");
        assert!(all[0].applies("m::Alarm", "a::bc"));
        assert!(!all[0].applies("m::Alarm", "a::c"));
    }

    #[test]
    fn wrong_entries_name_their_line() {
        for wrong in ["a", "a -> b", "a -> b:", "a -> b:  ", " -> b: c", "a b: c"] {
            let error = parse(&format!("#\n{wrong}"), "f").unwrap_err();
            assert!(error.to_string().contains("f:2"), "{wrong}: {error}");
        }
    }

    #[track_caller]
    fn assert_wrong(line: &str, because: &str) {
        let error = format!("{:#}", parse(line, "f").unwrap_err());
        assert!(error.contains(because), "{error}");
    }

    #[test]
    fn the_line_to_copy_lacks_a_reason() {
        let copied = line("m::Alarm<fn(u8) -> u8>", "m::ring::<fn() -> ()>");
        assert_wrong(&copied, "in the place of WHY");
        let all = parse(&copied.replace("WHY", "it is short"), "f").unwrap();
        assert!(all[0].applies("m::Alarm<fn(u8) -> u8>", "m::ring::<fn() -> ()>"));
    }

    #[test]
    fn lines_of_a_report_are_no_entries() {
        const REPORT: &str = "this is a line of a report";
        assert_wrong("refused: h -> msleep (may sleep) at h+0x9: ok", REPORT);
        assert_wrong("a.rs:3: refused: h may sleep: calls msleep", REPORT);
        assert_wrong("unproven: h -> indirect call: ok", REPORT);
        assert_wrong("h -> f -> msleep: it is short", "this is a path");
    }
}
