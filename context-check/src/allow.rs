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

fn parse_line(line: &str) -> Result<Allowed> {
    let (handler, rest) = line
        .split_once(" -> ")
        .context("write HANDLER -> FUNCTION: REASON")?;
    let (function, reason) = rest
        .split_once(": ")
        .context("there is no reason: write HANDLER -> FUNCTION: REASON")?;
    let (handler, function) = (handler.trim(), function.trim());
    ensure!(!reason.trim().is_empty(), "there is no reason");
    ensure!(
        !handler.is_empty() && !function.is_empty(),
        "write HANDLER -> FUNCTION: REASON"
    );
    Ok(Allowed {
        handler: handler.to_owned(),
        function: function.to_owned(),
        place: String::new(),
    })
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
}
