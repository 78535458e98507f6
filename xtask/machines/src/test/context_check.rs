// SPDX-License-Identifier: GPL-2.0

//! Suite `context-check`: what the program of that name says of handlers that sleep and of those that
//! do not, of the samples, and of files that it cannot read.

mod bad;
mod build;
mod handlers;
mod registered;
mod rules;
mod said;
mod samples;

use super::{
    pool::{Job, Needs},
    report::Report,
    Bench,
};
use crate::{arch::Arch, kernel::Flavour};
use anyhow::Result;
use said::Checker;
use std::{sync::Arc, time::Duration};

/// The kernels whose modules are read: those of that architecture, and without one named, Debian's usual one for arm64
/// too.
fn all(report: &Report) -> Vec<Flavour> {
    let arch = report.wanted().arch();
    let mut all = [Flavour::LEAN, Flavour::DEBUG, Flavour::DEBIAN]
        .map(|flavour| flavour.on(arch))
        .to_vec();
    if !report.wanted().names_arch() {
        all.push(Flavour::DEBIAN.on(Arch::Arm64));
    }
    if report.wanted().all_kernels() {
        let others = [Flavour::DEBIAN_RT, Flavour::DEBIAN_72];
        all.extend(others.map(|flavour| flavour.on(arch)));
    }
    all
}

/// The tests that take that kernel.
pub fn tests_on(flavour: Flavour, report: &Report) -> Vec<String> {
    let is_it = |place: &Flavour| *place == flavour;
    let places = places(report).into_iter().filter(is_it);
    places
        .map(|place| format!("context-check/{}", place.name()))
        .collect()
}

/// Those for which tests are wanted.
fn places(report: &Report) -> Vec<Flavour> {
    let all = all(report);
    let names: Vec<_> = all
        .iter()
        .map(|place| format!("/{}/", place.name()))
        .collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let wanted = |place: &Flavour| {
        let prefix = format!("context-check/{}/", place.name());
        report.wanted().below(&prefix, &names)
    };
    all.into_iter().filter(wanted).collect()
}

/// The kernels that the wanted tests take.
pub fn flavours(report: &Report) -> Vec<Flavour> {
    let places = places(report);
    // One of another kernel is in place there.
    let is_both = places
        .iter()
        .any(|place| report.wants(&format!("context-check/{}/bad/other-kernel", place.name())));
    if is_both || report.wants(rules::TEST) {
        return all(report);
    }
    places
}

/// Whether any of the tests with these ends of their names is to run. If they are only listed, that is
/// done.
fn are_to_run<'n>(report: &Report, name: &str, ends: impl Iterator<Item = &'n str>) -> bool {
    let names: Vec<_> = ends.map(|end| format!("{name}/{end}")).collect();
    if !names.iter().any(|name| report.wants(name)) {
        return false;
    }
    if report.wanted().only_lists() {
        names.iter().for_each(|name| _ = report.lists(name));
        return false;
    }
    true
}

pub fn jobs<'a>(bench: &'a Bench<'a>, report: &'a Report) -> Result<Vec<Job<'a>>> {
    let mut jobs = Vec::new();
    if report.wants(rules::TEST) {
        let estimate = bench.estimate(rules::TEST, Duration::from_secs(20));
        jobs.push(Job::new(Needs::PROGRAM, estimate, move || {
            report.test(rules::TEST, || rules::are_of_use(bench, &all(report)));
        }));
    }
    for flavour in places(report) {
        let checker = Arc::new(Checker {
            programs: bench.programs,
            target: bench.target(flavour)?,
        });
        let name = format!("context-check/{}", flavour.name());
        let mut job = |part: &str, seconds, work: Box<dyn Fn(&str) + Send + Sync + 'a>| {
            let name = format!("{name}{part}");
            let estimate = bench.estimate(&name, Duration::from_secs(seconds));
            jobs.push(Job::new(Needs::PROGRAM, estimate, move || work(&name)));
        };
        let its = checker.clone();
        job(
            "",
            10,
            Box::new(move |name| samples::run(&its, report, name)),
        );
        for test in build::tests(flavour) {
            let its = checker.clone();
            let run = move |name: &str| build::run(bench, &its, report, name, test);
            job(&format!("/make/{}", test.0), 60, Box::new(run));
        }
        for kind in handlers::KINDS {
            let its = checker.clone();
            let run = move |name: &str| handlers::run(bench, &its, report, name, kind);
            job(&format!("/{kind}"), 20, Box::new(run));
        }
        let its = checker.clone();
        let run = move |name: &str| registered::run(&its, report, name);
        job("/registered", 10, Box::new(run));
        let its = checker.clone();
        job(
            "/bad",
            20,
            Box::new(move |name| bad::run(bench, &its, report, name)),
        );
    }
    Ok(jobs)
}
