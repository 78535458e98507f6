// SPDX-License-Identifier: GPL-2.0

//! Where the time of a run went.

use super::report::{Outcome, Report};
use crate::{kernel::Flavour, markdown::table, pace};
use std::{
    collections::BTreeMap,
    fmt::Display,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use xtask::progress::duration;

/// How many of the longest tests are shown.
const LONGEST: usize = 15;

pub struct Times {
    free_mib: u64,
    /// What was done before tests could run, and what it took.
    steps: Mutex<Vec<(String, Duration)>>,
}

impl Times {
    /// Measures the machine, which so far has nothing to do for us.
    pub fn new() -> Times {
        pace::slowness();
        Times {
            free_mib: pace::free_mib(),
            steps: Mutex::default(),
        }
    }

    /// Takes down what was built, and what that took.
    pub fn built(&self, steps: Vec<(String, Duration)>) {
        *self.steps.lock().unwrap_or_else(PoisonError::into_inner) = steps;
    }

    /// The tables: the machine, what was built, the suites, the longest tests.
    pub fn tables(&self, report: &Report) -> String {
        let outcomes = report.outcomes();
        let steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = format!(
            "{} CPUs, {:.1} GiB of memory free, {:.2} times as fast as the reference machine; {} in all\n",
            pace::cpus(),
            self.free_mib as f64 / 1024.0,
            1.0 / pace::slowness(),
            duration(report.took()),
        );
        if !steps.is_empty() {
            let mut table = table(&["built", "time"], 1);
            for (name, took) in steps.iter() {
                table.add_row([name.clone(), duration(*took)]);
            }
            text += &shown(table);
        }
        let mut suites = table(
            &["suite and kernel", "tests", "time of all", "from", "to"],
            4,
        );
        for (name, group) in groups(&outcomes) {
            suites.add_row([
                name,
                group.tests.to_string(),
                duration(group.took),
                duration(group.from),
                duration(group.to),
            ]);
        }
        text += &shown(suites);
        let mut longest: Vec<_> = outcomes
            .iter()
            .filter(|outcome| !is_case(&outcome.name))
            .collect();
        longest.sort_by_key(|outcome| std::cmp::Reverse(outcome.took));
        let mut table = table(&["longest tests", "time"], 1);
        for outcome in longest.into_iter().take(LONGEST) {
            table.add_row([outcome.name.clone(), duration(outcome.took)]);
        }
        text + shown(table).trim_end()
    }
}

/// The tests of a suite with a kernel.
struct Group {
    tests: usize,
    took: Duration,
    from: Duration,
    to: Duration,
}

/// What ran, by suite and kernel. The examples and the cases of one machine all take as long as it did, together.
fn groups(outcomes: &[Outcome]) -> BTreeMap<String, Group> {
    let mut groups = BTreeMap::<String, Group>::new();
    for outcome in outcomes {
        let begun = outcome.ended.saturating_sub(outcome.took);
        let group = groups.entry(group_of(&outcome.name)).or_insert(Group {
            tests: 0,
            took: Duration::ZERO,
            from: begun,
            to: outcome.ended,
        });
        group.tests += 1;
        let is_of_machine = is_case(&outcome.name);
        group.took += if is_of_machine {
            Duration::ZERO
        } else {
            outcome.took
        };
        group.from = group.from.min(begun);
        group.to = group.to.max(outcome.ended);
    }
    groups
}

/// Whether the test is one of those that a machine runs, whose time is that of `<suite>/<kernel>/machine`.
fn is_case(name: &str) -> bool {
    let machines = ["kunit/", "doctest/"];
    let own = ["/machine", "/docs", "/every-module", "/reasons"];
    machines.iter().any(|suite| name.starts_with(suite))
        && !own.iter().any(|own| name.ends_with(own))
}

/// The suite, and the kernel where the name tells it.
fn group_of(name: &str) -> String {
    let mut parts = name.split('/');
    let suite = parts.next().unwrap_or_default();
    match parts.next() {
        Some(kernel) if Flavour::all().any(|flavour| flavour.name() == kernel) => {
            format!("{suite}/{kernel}")
        }
        _ => suite.to_owned(),
    }
}

fn shown(table: impl Display) -> String {
    format!("\n{table}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_machine_counts_once() {
        let outcome = |name: &str, took, ended| Outcome {
            name: name.to_owned(),
            took: Duration::from_secs(took),
            ended: Duration::from_secs(ended),
            failed: false,
        };
        let groups = groups(&[
            outcome("kunit/uml/a/b", 5, 9),
            outcome("kunit/uml/machine", 6, 10),
            outcome("crash/lean/nmi/e1000", 2, 12),
            outcome("crash/lean/oops/e1000", 3, 12),
        ]);
        let kunit = &groups["kunit/uml"];
        assert_eq!((kunit.tests, kunit.took.as_secs()), (2, 6));
        assert_eq!((kunit.from.as_secs(), kunit.to.as_secs()), (4, 10));
        assert_eq!(groups["crash/lean"].took.as_secs(), 5);
    }
}
