// SPDX-License-Identifier: GPL-2.0

//! A file about earlier runs of this checkout: what each test took, and which tests have failed.

use super::report::{Outcome, Report};
use crate::{cache::Lock, project};
use anyhow::{ensure, Context, Result};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write,
    path::PathBuf,
    time::Duration,
};

#[derive(Clone, Default, Deserialize, Serialize)]
pub struct History {
    /// Seconds, by the name of the test.
    took: BTreeMap<String, f32>,
    failed: BTreeSet<String>,
}

fn file() -> PathBuf {
    project().join("target/tests.json")
}

impl History {
    /// Without the file, or with one of another version of the project, it is as if nothing had run.
    pub fn read() -> History {
        let text = fs::read_to_string(file()).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// What the test of this name took, or all tests below it.
    pub fn took(&self, name: &str) -> Option<Duration> {
        let below = format!("{name}/");
        let tests = self.took.range(name.to_owned()..);
        let tests = tests
            .take_while(|(test, _)| test.starts_with(name))
            .filter(|(test, _)| *test == name || test.starts_with(&below));
        let seconds: f32 = tests.map(|(_, seconds)| seconds).sum();
        let took = Duration::try_from_secs_f32(seconds).ok();
        took.filter(|took| !took.is_zero())
    }

    /// The tests that have failed.
    pub fn to_run_again(&self) -> Result<BTreeSet<String>> {
        ensure!(
            !self.failed.is_empty(),
            "--failed: no test of this checkout has failed since it last passed"
        );
        Ok(self.failed.clone())
    }

    /// Adds what has run to what is remembered, by other runs too. A test that ran more than once has failed if it did
    /// once. Of the tests that were `asked` for, those that there are no more are forgotten.
    pub fn write(report: &Report, asked: &BTreeSet<String>) -> Result<()> {
        let file = file();
        let _lock = Lock::wait(&file.with_extension("lock"))?;
        let mut history = History::read();
        history.failed.retain(|name| !asked.contains(name));
        history.add(&report.outcomes());
        // Whole or not at all: another run may read it.
        let mut whole = tempfile::NamedTempFile::new_in(project().join("target"))?;
        whole.write_all(&serde_json::to_vec(&history)?)?;
        whole
            .persist(&file)
            .with_context(|| format!("cannot write {}", file.display()))?;
        Ok(())
    }

    fn add(&mut self, outcomes: &[Outcome]) {
        for outcome in outcomes {
            if !outcome.failed {
                let took = outcome.took.as_secs_f32();
                self.took.insert(outcome.name.clone(), took);
            }
            // What stood for tests that could not run has no say once they do.
            let stands_for = |failed: &String| outcome.name.starts_with(&format!("{failed}/"));
            self.failed
                .retain(|failed| *failed != outcome.name && !stands_for(failed));
        }
        let failed = outcomes.iter().filter(|outcome| outcome.failed);
        self.failed
            .extend(failed.map(|outcome| outcome.name.clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(name: &str, failed: bool) -> Outcome {
        Outcome {
            name: name.to_owned(),
            took: Duration::from_secs(2),
            ended: Duration::ZERO,
            failed,
        }
    }

    #[test]
    fn a_test_that_failed_once_of_many_times_has_failed() {
        let mut history = History::default();
        history.add(&[outcome("a/b", true), outcome("a/b", false)]);
        assert_eq!(history.to_run_again().unwrap(), ["a/b".to_owned()].into());
        history.add(&[outcome("a/b", false)]);
        assert!(history.to_run_again().is_err());
    }

    #[test]
    fn a_build_that_failed_is_forgotten_when_its_tests_run() {
        let mut history = History::default();
        history.add(&[outcome("host", true)]);
        history.add(&[outcome("host/x/y", false), outcome("hostile", false)]);
        assert!(history.to_run_again().is_err());
        assert_eq!(history.took("host"), Some(Duration::from_secs(2)));
    }
}
