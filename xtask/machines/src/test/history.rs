// SPDX-License-Identifier: GPL-2.0

//! What is remembered of earlier runs of this checkout: what each test took, and which have failed.

use super::report::Report;
use crate::project;
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
    /// What is not there, or is of another version of the project, is as if nothing had run.
    pub fn read() -> History {
        let text = fs::read_to_string(file()).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    pub fn took(&self, name: &str) -> Option<Duration> {
        self.took.get(name).copied().map(Duration::from_secs_f32)
    }

    /// The tests that have failed.
    pub fn to_run_again(&self) -> Result<BTreeSet<String>> {
        ensure!(
            !self.failed.is_empty(),
            "--failed: no test of this checkout has failed since it last passed"
        );
        Ok(self.failed.clone())
    }

    /// Adds what has run.
    pub fn write(&self, report: &Report) -> Result<()> {
        let mut history = self.clone();
        for outcome in report.outcomes() {
            history
                .took
                .insert(outcome.name.clone(), outcome.took.as_secs_f32());
            if outcome.failed {
                history.failed.insert(outcome.name);
            } else {
                history.failed.remove(&outcome.name);
            }
        }
        let file = file();
        // Whole or not at all: another run may write the same.
        let mut whole = tempfile::NamedTempFile::new_in(project().join("target"))?;
        whole.write_all(&serde_json::to_vec(&history)?)?;
        whole
            .persist(&file)
            .with_context(|| format!("cannot write {}", file.display()))?;
        Ok(())
    }
}
