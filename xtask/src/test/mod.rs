// SPDX-License-Identifier: GPL-2.0

//! `cargo xtask test`: the suites.

mod compile_fail;
mod host;
mod kunit;
mod limited;
mod report;
mod rustc;
mod splat;
mod style;
mod vm;

use crate::{
    cache::Cache,
    kernel::{Flavour, Kernel},
    modules,
    progress::Steps,
    setup::{self, KernelArgs},
    toolbox::Toolbox,
};
use anyhow::{Context, Result};
use report::Report;
use std::{
    fs,
    num::NonZero,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    thread::{self, available_parallelism},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Suite {
    /// The receiver, the wire format, xtask itself
    Host,
    /// Tests inside the kernel: User-Mode Linux and the debug kernel
    Kunit,
    /// What the types must refuse
    CompileFail,
    /// Whole machines
    Vm,
}

#[derive(clap::Args)]
pub struct Args {
    /// Only this suite
    #[arg(long, value_name = "SUITE")]
    only: Option<Suite>,
    /// Only the tests whose name contains this
    #[arg(long, value_name = "NAME")]
    filter: Option<String>,
    /// Write down what the compiler says now as what compile-fail expects
    #[arg(long)]
    bless: bool,
    #[command(flatten)]
    kernel: KernelArgs,
}

/// A kernel to test on, with the project's modules built for it.
struct Target {
    kernel: Kernel,
    modules: Vec<PathBuf>,
}

/// What the suites that need a kernel run with.
struct Bench<'a> {
    toolbox: &'a Toolbox,
    targets: &'a [Target],
    /// Where the consoles' logs are kept after the run.
    logs: &'a Path,
}

impl Bench<'_> {
    fn target(&self, flavour: Flavour) -> Result<&Target> {
        let target = self
            .targets
            .iter()
            .find(|target| target.kernel.flavour == flavour);
        // The caller's own kernel stands in for all.
        target
            .or(self.targets.first())
            .with_context(|| format!("no {flavour:?} kernel here"))
    }
}

/// Does the work for each item, on as many CPUs as there are.
fn each<T: Sync>(items: &[T], work: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    let cpus = available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        for _ in 0..cpus {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    work(item);
                }
            });
        }
    });
}

impl Suite {
    fn name(self) -> &'static str {
        match self {
            Suite::Host => "host",
            Suite::Kunit => "kunit",
            Suite::CompileFail => "compile-fail",
            Suite::Vm => "vm",
        }
    }

    /// The kernels that the suite asks for.
    fn flavours(self, filter: Option<&str>) -> &'static [Flavour] {
        match self {
            Suite::Host => &[],
            Suite::Kunit => kunit::places(filter),
            Suite::CompileFail => &[Flavour::Debug],
            Suite::Vm => &[Flavour::Lean, Flavour::Debug],
        }
    }
}

pub fn run(args: &Args) -> Result<()> {
    let all = [Suite::Host, Suite::CompileFail, Suite::Kunit, Suite::Vm];
    let suites: Vec<_> = all
        .into_iter()
        .filter(|&suite| args.only.is_none_or(|only| only == suite))
        .collect();
    let filter = args.filter.as_deref();
    let report = Report::new(args.filter.clone());
    let cache = Cache::open()?;
    let logs = cache.path("logs/test");
    fs::create_dir_all(&logs)?;

    if suites.contains(&Suite::Host) {
        host::run(&report)?;
        report.end_suite(Suite::Host.name());
    }
    let flavours: Vec<_> = [Flavour::Uml, Flavour::Lean, Flavour::Debug]
        .into_iter()
        .filter(|flavour| {
            suites
                .iter()
                .any(|suite| suite.flavours(filter).contains(flavour))
        })
        .collect();
    if !flavours.is_empty() {
        let mut steps = Steps::new(&cache, setup::steps(flavours.len()) + flavours.len())?;
        let (toolbox, kernels) = setup::ready(&cache, &flavours, &args.kernel, &mut steps)?;
        let mut targets = Vec::new();
        for kernel in kernels {
            let modules = modules::build(&toolbox, &kernel, &mut steps)?;
            targets.push(Target { kernel, modules });
        }
        let bench = Bench {
            toolbox: &toolbox,
            targets: &targets,
            logs: &logs,
        };
        for suite in suites {
            match suite {
                Suite::Host => continue,
                Suite::Kunit => kunit::run(&bench, &report, filter)?,
                Suite::CompileFail => compile_fail::run(&bench, &report, args.bless)?,
                Suite::Vm => vm::run(&bench, &report)?,
            }
            report.end_suite(suite.name());
        }
    }
    report.finish()
}
