// SPDX-License-Identifier: GPL-2.0

//! A machine's console: read as it comes, kept in a file, waited on.

use anyhow::{bail, Context, Result};
use regex::Regex;
use std::{
    fs::File,
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Instant,
};

pub struct Console {
    screen: Arc<Screen>,
    /// How many lines `expect` has passed.
    seen: usize,
    log: PathBuf,
}

#[derive(Default)]
struct Screen {
    text: Mutex<Text>,
    changed: Condvar,
}

#[derive(Default)]
struct Text {
    lines: Vec<String>,
    closed: bool,
}

impl Console {
    /// Starts reading. The reader ends by itself when the machine does. Of a machine that goes on, `before` is what it
    /// had shown already.
    pub fn watch(
        from: impl Read + Send + 'static,
        log: &Path,
        before: &[String],
    ) -> Result<Console> {
        let mut file =
            File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        let screen = Arc::new(Screen::default());
        for line in before {
            writeln!(file, "{line}").with_context(|| format!("cannot write {}", log.display()))?;
        }
        screen.text().lines = before.to_vec();
        let shown = screen.clone();
        thread::spawn(move || {
            let mut from = BufReader::new(from);
            let mut line = Vec::new();
            while matches!(from.read_until(b'\n', &mut line), Ok(n) if n > 0) {
                // The log is for a person: what follows does not depend on it.
                let _ = file.write_all(&line);
                let text = String::from_utf8_lossy(&line).trim_end().to_owned();
                shown.text().lines.push(text);
                shown.changed.notify_all();
                line.clear();
            }
            shown.text().closed = true;
            shown.changed.notify_all();
        });
        Ok(Console {
            screen,
            seen: before.len(),
            log: log.to_owned(),
        })
    }

    /// Waits for the next line that matches.
    pub fn expect(&mut self, pattern: &str, until: Instant) -> Result<String> {
        let pattern = Regex::new(pattern)?;
        let mut text = self.screen.text();
        loop {
            while let Some(line) = text.lines.get(self.seen) {
                self.seen += 1;
                if pattern.is_match(line) {
                    return Ok(line.clone());
                }
            }
            let closed = text.closed;
            let left = until.saturating_duration_since(Instant::now());
            if closed || left.is_zero() {
                drop(text);
                let how = if closed {
                    "the machine ended"
                } else {
                    "time ran out"
                };
                bail!(
                    "{how} before its console showed `{pattern}`\n{}",
                    self.tail()
                );
            }
            text = self.screen.wait(text, left);
        }
    }

    /// Waits until there is no more to come.
    pub fn wait_closed(&self, until: Instant) -> Result<()> {
        let mut text = self.screen.text();
        while !text.closed {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                drop(text);
                bail!("time ran out and the machine still runs\n{}", self.tail());
            }
            text = self.screen.wait(text, left);
        }
        Ok(())
    }

    pub fn lines(&self) -> Vec<String> {
        self.screen.text().lines.clone()
    }

    pub fn tail(&self) -> String {
        let lines = self.lines();
        let end = lines[lines.len().saturating_sub(25)..].join("\n    ");
        format!("the console ({}) ends with:\n    {end}", self.log.display())
    }
}

impl Screen {
    // The lines stay true if a thread panicked while it added one.
    fn text(&self) -> MutexGuard<'_, Text> {
        self.text.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(
        &self,
        text: MutexGuard<'a, Text>,
        left: std::time::Duration,
    ) -> MutexGuard<'a, Text> {
        let waited = self.changed.wait_timeout(text, left);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }
}
