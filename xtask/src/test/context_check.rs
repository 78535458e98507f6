// SPDX-License-Identifier: GPL-2.0

//! Suite `context-check`: what the program of that name says of handlers that sleep and of those that
//! do not, of the samples, and of files that it cannot read.

mod bad;
mod build;
mod handlers;
mod said;
mod samples;

use super::{report::Report, Bench};
use crate::{kernel::Flavour, program};
use anyhow::Result;
use said::Checker;

/// The kernels that the filter can mean: it may name one, as in `context-check/lean/`.
pub fn places(filter: Option<&str>) -> &'static [Flavour] {
    match filter {
        Some(filter) if filter.contains("/lean/") => &[Flavour::Lean],
        Some(filter) if filter.contains("/debug/") => &[Flavour::Debug],
        _ => &[Flavour::Lean, Flavour::Debug],
    }
}

/// The kernels that the wanted tests take.
pub fn flavours(filter: Option<&str>, report: &Report) -> Vec<Flavour> {
    let places = places(filter);
    // One of another kernel is in place there.
    let is_both = places
        .iter()
        .any(|place| report.wants(&format!("context-check/{}/bad/other-kernel", place.name())));
    if is_both {
        return vec![Flavour::Lean, Flavour::Debug];
    }
    places.to_vec()
}

pub fn run(bench: &Bench<'_>, report: &Report, filter: Option<&str>) -> Result<()> {
    let program = program::context_check()?;
    for &flavour in places(filter) {
        let checker = Checker {
            program: &program,
            target: bench.target(flavour)?,
        };
        let name = format!("context-check/{}", flavour.name());
        samples::run(&checker, report, &name);
        handlers::run(bench, &checker, report, &name)?;
        build::run(bench, &checker, report, &name);
        bad::run(bench, &checker, report, &name);
    }
    Ok(())
}
