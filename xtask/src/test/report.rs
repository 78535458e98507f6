// SPDX-License-Identifier: GPL-2.0

//! What the tests of a run came to: one line each as it ends, and the sum.

use anyhow::{anyhow, bail, Error, Result};
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

pub struct Report {
    filter: Option<String>,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    passed: usize,
    failed: usize,
    /// How many had ended when the last suite did.
    before: usize,
}

impl Report {
    pub fn new(filter: Option<String>) -> Report {
        Report {
            filter,
            counts: Mutex::default(),
        }
    }

    /// Whether the user asked for the test of this name.
    pub fn wants(&self, name: &str) -> bool {
        self.filter
            .as_ref()
            .is_none_or(|filter| name.contains(filter))
    }

    /// Runs a test, if it is wanted. Its limit is its own affair: it waits for nothing without one.
    pub fn test(&self, name: &str, test: impl FnOnce() -> Result<()>) {
        if self.wants(name) {
            let start = Instant::now();
            let result = test();
            self.record(name, start.elapsed(), result);
        }
    }

    /// Takes the result of a test that has run, if it is wanted.
    pub fn record(&self, name: &str, took: Duration, result: Result<()>) {
        if self.wants(name) {
            self.count(name, took, result);
        }
    }

    /// Takes the failure of something that tests need, wanted or not: they cannot run now.
    pub fn fail(&self, name: &str, took: Duration, why: Error) {
        self.count(name, took, Err(why));
    }

    fn count(&self, name: &str, took: Duration, result: Result<()>) {
        let mut counts = self.counts();
        let took = took.as_secs_f32();
        match result {
            Ok(()) => {
                counts.passed += 1;
                println!("PASS {name} ({took:.1} s)");
            }
            Err(error) => {
                counts.failed += 1;
                println!("FAIL {name}: {error:#} ({took:.1} s)");
            }
        }
    }

    /// A suite without tests is a broken suite, unless the user asked for few.
    pub fn end_suite(&self, suite: &str) {
        let ended = self.counts().ended();
        if ended == self.counts().before && self.filter.is_none() {
            self.fail(suite, Duration::ZERO, anyhow!("no test ran"));
        }
        let mut counts = self.counts();
        counts.before = counts.ended();
    }

    pub fn has_failed(&self) -> bool {
        self.counts().failed > 0
    }

    /// Prints the sum.
    pub fn finish(&self) -> Result<()> {
        let counts = self.counts();
        if counts.ended() == 0 {
            let filter = self.filter.as_deref().unwrap_or_default();
            bail!("no test of these suites has `{filter}` in its name");
        }
        println!("{} passed, {} failed", counts.passed, counts.failed);
        if counts.failed > 0 {
            std::process::exit(1);
        }
        Ok(())
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    fn ended(&self) -> usize {
        self.passed + self.failed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_suite_fails() {
        let report = Report::new(None);
        report.test("a", || Ok(()));
        report.end_suite("full");
        report.end_suite("empty");
        let counts = report.counts();
        assert_eq!((counts.passed, counts.failed), (1, 1));
    }

    #[test]
    fn what_the_filter_leaves_out_does_not_run() {
        let report = Report::new(Some("yes".to_owned()));
        report.test("no", || bail!("ran"));
        report.record("no", Duration::ZERO, Ok(()));
        assert!(report.finish().is_err());
        report.test("yes/1", || Ok(()));
        assert_eq!(report.counts().ended(), 1);
    }
}
