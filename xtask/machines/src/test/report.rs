// SPDX-License-Identifier: GPL-2.0

//! What the tests of a run came to: one line each as it ends, where the time went, and the sum.

use super::wanted::Wanted;
use crate::{arch::Arch, kernel::Flavour, model::Model};
use anyhow::{anyhow, bail, ensure, Error, Result};
use std::{
    fmt::Display,
    io::{self, Write},
    panic::{self, AssertUnwindSafe},
    process,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

pub struct Report {
    wanted: Wanted,
    started: Instant,
    done: Mutex<Done>,
    /// The kernels that the archive no longer has.
    gone: Mutex<Vec<Flavour>>,
}

#[derive(Default)]
struct Done {
    outcomes: Vec<Outcome>,
    /// What was tried again, and why.
    tried_again: Vec<String>,
    /// The tests that cannot run, and why.
    not_run: Vec<(String, String)>,
}

/// What came of a test.
#[derive(Clone)]
pub struct Outcome {
    pub name: String,
    pub took: Duration,
    /// When it ended, since the run began.
    pub ended: Duration,
    pub failed: bool,
}

impl Outcome {
    /// The suite: what stands before the first slash.
    pub fn suite(&self) -> &str {
        suite_of(&self.name)
    }
}

pub fn suite_of(name: &str) -> &str {
    name.split_once('/').map_or(name, |(suite, _)| suite)
}

impl Report {
    pub fn new(wanted: Wanted) -> Report {
        Report {
            wanted,
            started: Instant::now(),
            done: Mutex::default(),
            gone: Mutex::default(),
        }
    }

    /// What the user has asked for.
    pub fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// Whether the user asked for the test of this name.
    pub fn wants(&self, name: &str) -> bool {
        self.wanted.test(name)
    }

    /// Where a test runs that names these kinds of machine.
    pub fn models(&self, on: &[Model], only_on: Option<Arch>) -> Vec<Model> {
        let gone = self.gone.lock().unwrap_or_else(PoisonError::into_inner);
        let mut models = self.wanted.models(on, only_on);
        models.retain(|model| !gone.contains(&model.kernel));
        models
    }

    /// From now on, there is no such kernel, and its tests count as not run.
    pub fn lacks(&self, kernel: Flavour, tests: &[String], why: &str) {
        self.remark(format_args!("{why}: {} tests do not run", tests.len()));
        let mut gone = self.gone.lock().unwrap_or_else(PoisonError::into_inner);
        gone.push(kernel);
        let tests = tests.iter().map(|test| (test.clone(), why.to_owned()));
        self.done().not_run.extend(tests);
    }

    /// Whether the test of this name was asked for and had no kernel to run on.
    pub fn lacked(&self, name: &str) -> bool {
        self.done().not_run.iter().any(|(test, _)| test == name)
    }

    /// Says something about tests that do not run. A list of tests holds names alone.
    fn remark(&self, line: impl Display) {
        if self.wanted.only_lists() {
            eprintln!("{line}");
        } else {
            say(line);
        }
    }

    /// Runs a test, if it is wanted, or lists it. Its limit is its own affair: it waits for nothing without one.
    pub fn test(&self, name: &str, test: impl FnOnce() -> Result<()>) {
        if self.lists(name) || !self.wants(name) {
            return;
        }
        let start = Instant::now();
        // Its message is on standard error already.
        let result = panic::catch_unwind(AssertUnwindSafe(test));
        let result = result.unwrap_or_else(|_| Err(anyhow!("the test panicked")));
        self.record(name, start.elapsed(), result);
    }

    /// Takes the result of a test that has run, if it is wanted.
    pub fn record(&self, name: &str, took: Duration, result: Result<()>) {
        if self.wants(name) {
            self.count(name, took, result);
        }
    }

    /// Prints the name of a test that is wanted, if tests are only listed. True if they are.
    pub fn lists(&self, name: &str) -> bool {
        let lists = self.wanted.only_lists();
        if lists && self.wants(name) {
            say(format_args!("{name}"));
            // It counts as one that ran.
            self.done().outcomes.push(Outcome {
                name: name.to_owned(),
                took: Duration::ZERO,
                ended: self.started.elapsed(),
                failed: false,
            });
        }
        lists
    }

    /// Takes the failure of something that tests need, wanted or not: they cannot run now.
    pub fn fail(&self, name: &str, took: Duration, why: Error) {
        self.count(name, took, Err(why));
    }

    /// Takes down that something was tried again, which no sum shows.
    pub fn tried_again(&self, name: &str, why: &str) {
        say(format_args!("AGAIN {name}: {why}"));
        self.done().tried_again.push(name.to_owned());
    }

    fn count(&self, name: &str, took: Duration, result: Result<()>) {
        // Printed and counted together: lines do not mix.
        let mut done = self.done();
        let seconds = took.as_secs_f32();
        match &result {
            Ok(()) => say(format_args!("PASS {name} ({seconds:.1} s)")),
            Err(error) => {
                say(format_args!("FAIL {name}: {error:#} ({seconds:.1} s)"));
                if is_test(name) {
                    say(format_args!("     again: {}", command(name, &self.wanted)));
                }
            }
        }
        done.outcomes.push(Outcome {
            name: name.to_owned(),
            took,
            ended: self.started.elapsed(),
            failed: result.is_err(),
        });
    }

    /// A suite without tests is a broken suite, unless the user asked for few.
    pub fn end_suite(&self, suite: &str) {
        let ran = self
            .done()
            .outcomes
            .iter()
            .any(|outcome| outcome.suite() == suite);
        if !ran && self.wanted.is_everything() {
            self.fail(suite, Duration::ZERO, anyhow!("no test ran"));
        }
    }

    pub fn has_failed(&self) -> bool {
        self.done().outcomes.iter().any(|outcome| outcome.failed)
    }

    /// What ran, in the order in which it ended.
    pub fn outcomes(&self) -> Vec<Outcome> {
        self.done().outcomes.clone()
    }

    pub fn took(&self) -> Duration {
        self.started.elapsed()
    }

    /// Prints what failed, what was tried again, and the sum.
    pub fn finish(&self) -> Result<()> {
        let done = self.done();
        for (name, why) in &done.not_run {
            self.remark(format_args!("not run: {name}: {why}"));
        }
        if done.outcomes.is_empty() {
            ensure!(done.not_run.is_empty(), "no test ran");
            bail!("no test of these suites {}", self.wanted.describe());
        }
        if self.wanted.only_lists() {
            if done.outcomes.iter().any(|outcome| outcome.failed) {
                process::exit(1);
            }
            return Ok(());
        }
        for name in &done.tried_again {
            say(format_args!("tried again: {name}"));
        }
        let failed: Vec<_> = done
            .outcomes
            .iter()
            .filter(|outcome| outcome.failed)
            .collect();
        for outcome in &failed {
            if is_test(&outcome.name) {
                say(format_args!(
                    "failed: {}",
                    command(&outcome.name, &self.wanted)
                ));
            } else {
                say(format_args!("failed: {}", outcome.name));
            }
        }
        let passed = done.outcomes.len() - failed.len();
        let not_run = match done.not_run.len() {
            0 => String::new(),
            tests => format!(", {tests} not run"),
        };
        say(format_args!(
            "{passed} passed, {} failed{not_run}",
            failed.len()
        ));
        if !failed.is_empty() {
            process::exit(1);
        }
        Ok(())
    }

    // Each change is complete in itself: what a test that panicked has left is whole.
    fn done(&self) -> MutexGuard<'_, Done> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether that is a test, and not what tests need.
fn is_test(name: &str) -> bool {
    !name.contains(' ')
}

/// The command that runs the tests with this in their names, of which there is rarely more than one.
fn command(name: &str, wanted: &Wanted) -> String {
    let options = wanted.options();
    format!(
        "cargo xtask test{options} --only {} --filter {name}",
        suite_of(name)
    )
}

/// Prints a line. If its reader has left, as `head` does, there is no reason to go on.
pub fn say(line: impl Display) {
    if writeln!(io::stdout(), "{line}").is_err() {
        process::exit(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DEBIAN, DEBIAN_72};

    #[test]
    fn an_empty_suite_fails() {
        let report = Report::new(Wanted::everything());
        report.test("full/a", || Ok(()));
        report.end_suite("full");
        report.end_suite("empty");
        let failed: Vec<_> = report
            .outcomes()
            .iter()
            .map(|outcome| outcome.failed)
            .collect();
        assert_eq!(failed, [false, true]);
    }

    #[test]
    fn what_the_filter_leaves_out_does_not_run() {
        let report = Report::new(Wanted::containing("yes"));
        report.test("no", || bail!("ran"));
        report.record("no", Duration::ZERO, Ok(()));
        assert!(report.finish().is_err());
        report.test("yes/1", || Ok(()));
        assert_eq!(report.outcomes().len(), 1);
    }

    #[test]
    fn what_boots_a_kernel_that_is_gone_is_not_run() {
        let report = Report::new(Wanted::everything().on_all_kernels());
        assert!(report
            .models(&[DEBIAN], Some(Arch::X86_64))
            .contains(&DEBIAN_72));
        report.lacks(Flavour::DEBIAN_72, &["vm/a/debian-7.2".to_owned()], "gone");
        let models = report.models(&[DEBIAN], Some(Arch::X86_64));
        assert!(models.contains(&DEBIAN) && !models.contains(&DEBIAN_72));
        assert!(report.lacked("vm/a/debian-7.2") && !report.lacked("vm/a/debian"));
    }

    #[test]
    fn a_failure_tells_what_runs_it_alone() {
        assert_eq!(
            command("crash/lean/nmi/e1000", &Wanted::everything()),
            "cargo xtask test --only crash --filter crash/lean/nmi/e1000"
        );
        assert_eq!(
            command("vm/debian-root", &Wanted::everything().on_all_kernels()),
            "cargo xtask test --kernels all --only vm --filter vm/debian-root"
        );
        assert_eq!(
            command("vm/sysrq", &Wanted::everything().on(Arch::Arm64)),
            "cargo xtask test --arch arm64 --only vm --filter vm/sysrq"
        );
    }
}
