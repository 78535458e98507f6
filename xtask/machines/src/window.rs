// SPDX-License-Identifier: GPL-2.0

//! What a broadcast had to carry, and whether all of it was heard.

use crate::machine::AFTER_NOTIFIERS;
use anyhow::{ensure, Context, Result};
use regex::Regex;
use std::collections::HashMap;

/// What the broadcaster says of itself once it has sent all: the first line too late to be sent.
const OWN_WORDS: &str = r"\] panic_broadcaster: ";

/// What the kernel says when a panic has torn a message off and it writes it out anew.
const REPLAY: &str = "** replaying previous printk message **";

/// The broadcast's share of the log: the last `records` lines that the machine's own serial console shows from before
/// the end of the broadcast.
pub fn window(console: &[String], records: usize) -> Result<Vec<&str>> {
    // A record may be empty.
    let stamped = Regex::new(r"^\[ *\d+\.\d{6}\]( |$)")?;
    let end = Regex::new(&format!("{OWN_WORDS}|{AFTER_NOTIFIERS}"))?;
    let panic = Regex::new(r"^\[ *\d+\.\d{6}\] Kernel panic - not syncing: ")?;
    let shows = |pattern: &Regex, from: usize| {
        let found = console[from..]
            .iter()
            .position(|line| pattern.is_match(line));
        found.map(|at| from + at)
    };
    let crash = shows(&panic, 0).context("the console shows no panic")?;
    let end = shows(&end, crash).context("the console shows no end of panic")?;
    let mut lines = without_replays(&console[..end]);
    ensure!(
        !lines
            .iter()
            .any(|line| line.contains("printk messages dropped")),
        "the console lost messages: it cannot say what was to be heard"
    );
    lines.retain(|line| stamped.is_match(line));
    ensure!(
        lines.len() >= records,
        "the console shows {} records, fewer than {records}",
        lines.len()
    );
    Ok(lines.split_off(lines.len() - records))
}

/// The console's lines, those left out that are written anew later. The last of them is torn, and the others of the
/// same message are there twice. A message that was torn before its first character has left nothing.
fn without_replays(console: &[String]) -> Vec<&str> {
    let mut lines: Vec<&str> = Vec::new();
    for (at, line) in console.iter().enumerate() {
        if line != REPLAY {
            lines.push(line.trim_end());
            continue;
        }
        let torn = lines.last().copied().unwrap_or_default();
        let anew: Vec<&str> = console[at + 1..]
            .iter()
            .map(|line| line.trim_end())
            .collect();
        // How many lines of the message were whole when it was torn.
        let before = &lines[..lines.len().saturating_sub(1)];
        let whole = (0..anew.len().min(before.len() + 1))
            .rev()
            .find(|&whole| before.ends_with(&anew[..whole]) && anew[whole].starts_with(torn));
        if let Some(whole) = whole {
            lines.truncate(before.len() - whole);
        }
    }
    lines
}

/// The lines of `window` that the receiver's report lacks. A line that is there twice must be heard twice.
pub fn missing<'a>(window: &[&'a str], report: &str) -> Vec<&'a str> {
    let mut heard = HashMap::<&str, usize>::new();
    for line in report.lines() {
        *heard.entry(line.trim_end()).or_default() += 1;
    }
    let mut missing = window.to_vec();
    missing.retain(|line| match heard.get_mut(line) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    });
    missing
}

#[cfg(test)]
mod tests {
    use super::*;

    fn console(lines: &[&str]) -> Vec<String> {
        lines.iter().map(|&line| line.to_owned()).collect()
    }

    const CRASH: [&str; 6] = [
        "SeaBIOS (version 1.16)",
        "[    1.000000] one",
        "[    1.000002] two",
        "[    1.000003] Kernel panic - not syncing: why",
        "[    1.000004] CPU: 0 ",
        "[    1.000005] ---[ end Kernel panic - not syncing: why ]---",
    ];

    #[test]
    fn the_window_ends_with_the_notifiers() {
        let console = console(&CRASH);
        let window = window(&console, 3).expect("a window");
        assert_eq!(
            window,
            ["[    1.000002] two", CRASH[3], "[    1.000004] CPU: 0"]
        );
    }

    #[test]
    fn a_message_written_anew_counts_once() {
        let mut console = console(&CRASH);
        let torn = [
            "[    1.000001] a",
            "[    1.000001] b",
            "[    1.00",
            REPLAY,
            "[    1.000001] a",
            "[    1.000001] b",
        ];
        console.splice(2..2, torn.map(str::to_owned));
        let window = window(&console, 6).expect("a window");
        assert_eq!(
            window[..3],
            ["[    1.000000] one", "[    1.000001] a", "[    1.000001] b"]
        );
    }

    #[test]
    fn a_message_torn_before_it_began_takes_no_other_with_it() {
        let mut console = console(&CRASH);
        console.insert(3, REPLAY.to_owned());
        assert_eq!(
            window(&console, 4).expect("a window")[..2],
            ["[    1.000000] one", "[    1.000002] two"]
        );
    }

    #[test]
    fn an_empty_record_is_one() {
        let mut console = console(&CRASH);
        console.insert(3, "[    1.000002] ".to_owned());
        assert_eq!(
            window(&console, 4).expect("a window")[..2],
            ["[    1.000002] two", "[    1.000002]"]
        );
    }

    #[test]
    fn the_broadcasters_last_words_are_too_late() {
        let mut console = console(&CRASH);
        console.insert(5, "[    1.000005] panic_broadcaster: sent".to_owned());
        assert_eq!(
            window(&console, 1).expect("a window"),
            ["[    1.000004] CPU: 0"]
        );
    }

    #[test]
    fn a_console_that_cannot_tell_is_refused() {
        assert!(window(&console(&CRASH), 5).is_err());
        assert!(window(&console(&CRASH[..5]), 2).is_err());
        assert!(window(&console(&CRASH[..3]), 2).is_err());
        let mut lossy = console(&CRASH);
        lossy.insert(1, "** 7 printk messages dropped **".to_owned());
        assert!(window(&lossy, 2).is_err());
    }

    #[test]
    fn what_was_not_heard_as_often_as_said_is_missing() {
        let window = ["[    1.000001] a", "[    1.000001] a", "[    1.000002] b"];
        assert!(missing(
            &window,
            "[    1.000002] b\n[    1.000001] a\n[    1.000001] a \nmore\n"
        )
        .is_empty());
        assert_eq!(
            missing(&window, "[    1.000001] a\n[    1.000002] c\n"),
            ["[    1.000001] a", "[    1.000002] b"]
        );
        assert_eq!(missing(&window, "[    1.000009] a\n").len(), 3);
    }
}
