// SPDX-License-Identifier: GPL-2.0

//! `cargo xtask test`: the suites.

mod audit;
mod compile_fail;
mod context_check;
mod crash;
mod doctest;
mod host;
mod kunit;
mod limited;
mod planted;
mod report;
mod splat;
mod style;
mod torture;
mod vm;

use crate::{
    cache::Cache,
    kernel::{Flavour, Kernel},
    modules,
    progress::Steps,
    setup::{self, KernelArgs},
    toolbox::Toolbox,
};
use anyhow::{ensure, Context, Result};
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
    /// The examples in the documentation, inside the kernel
    Doctest,
    /// What the types must refuse
    CompileFail,
    /// What the object code of handlers tells of where they sleep
    ContextCheck,
    /// Whole machines
    Vm,
    /// Chains of all kinds, used and changed from everywhere at the same time
    Torture,
    /// Bugs that are put into the library, which torture must report
    Planted,
    /// Every way to die, with the broadcaster loaded
    Crash,
}

#[derive(clap::Args)]
pub struct Args {
    /// Only this suite
    #[arg(long, value_name = "SUITE")]
    only: Option<Suite>,
    /// Only the tests whose name contains this
    #[arg(long, value_name = "NAME")]
    filter: Option<String>,
    /// Write down what the compiler says now as what compile-fail expects, and which code is unsafe in
    /// docs/unsafe.md
    #[arg(long)]
    bless: bool,
    /// How long the suite torture is at it, on 2 and on 4 CPUs together
    #[arg(long, default_value_t = torture::MINUTES, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    minutes: u32,
    /// Write what came of each test of crash to this file
    #[arg(long, value_name = "FILE")]
    table: Option<PathBuf>,
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
            Suite::Doctest => "doctest",
            Suite::CompileFail => "compile-fail",
            Suite::ContextCheck => "context-check",
            Suite::Vm => "vm",
            Suite::Torture => "torture",
            Suite::Planted => "planted",
            Suite::Crash => "crash",
        }
    }

    /// The kernels that the suite asks for.
    fn flavours(self, filter: Option<&str>, report: &Report) -> Vec<Flavour> {
        match self {
            Suite::Host => Vec::new(),
            Suite::Kunit | Suite::Doctest => kunit::places(filter).to_vec(),
            Suite::CompileFail | Suite::Torture | Suite::Planted => vec![Flavour::Debug],
            Suite::ContextCheck => context_check::flavours(filter, report),
            Suite::Vm => vm::flavours(report),
            Suite::Crash => crash::flavours(report),
        }
    }

    /// Where the modules are that it takes.
    fn folders(self, report: &Report) -> &'static [&'static str] {
        match self {
            Suite::Host | Suite::Planted => &[],
            Suite::Kunit => &["tests/kunit/"],
            Suite::Doctest => &["tests/doctest/"],
            Suite::CompileFail => &["samples/"],
            Suite::ContextCheck => &["samples/", "tests/context/"],
            Suite::Vm => vm::folders(report),
            Suite::Torture => &["tests/torture/"],
            Suite::Crash => crash::folders(report),
        }
    }
}

pub fn run(args: &Args) -> Result<()> {
    let all = [
        Suite::Host,
        Suite::CompileFail,
        Suite::ContextCheck,
        Suite::Kunit,
        Suite::Doctest,
        Suite::Vm,
        Suite::Torture,
        Suite::Planted,
        Suite::Crash,
    ];
    let suites: Vec<_> = all
        .into_iter()
        .filter(|&suite| args.only.is_none_or(|only| only == suite))
        .collect();
    ensure!(
        args.table.is_none() || suites.contains(&Suite::Crash),
        "--table is for the suite crash, which is not wanted"
    );
    let filter = args.filter.as_deref();
    let report = Report::new(args.filter.clone());
    let cache = Cache::open()?;
    let logs = cache.path("logs/test");
    fs::create_dir_all(&logs)?;

    if suites.contains(&Suite::Host) {
        host::run(&report, args.bless)?;
        report.end_suite(Suite::Host.name());
    }
    let flavours: Vec<_> = [Flavour::Uml, Flavour::Lean, Flavour::Debug]
        .into_iter()
        .filter(|flavour| {
            suites
                .iter()
                .any(|suite| suite.flavours(filter, &report).contains(flavour))
        })
        .collect();
    if !flavours.is_empty() {
        let mut steps = Steps::new(&cache, setup::steps(flavours.len()) + flavours.len())?;
        let (toolbox, kernels) = setup::ready(&cache, &flavours, &args.kernel, &mut steps)?;
        let mut targets = Vec::new();
        for kernel in kernels {
            let asking = suites
                .iter()
                .filter(|suite| suite.flavours(filter, &report).contains(&kernel.flavour));
            let folders: Vec<_> = asking
                .flat_map(|suite| suite.folders(&report))
                .copied()
                .collect();
            let modules = modules::build(&toolbox, &kernel, &folders, &mut steps)?;
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
                Suite::Doctest => doctest::run(&bench, &report, filter)?,
                Suite::CompileFail => compile_fail::run(&bench, &report, args.bless)?,
                Suite::ContextCheck => context_check::run(&bench, &report, filter)?,
                Suite::Vm => vm::run(&bench, &report)?,
                Suite::Torture => torture::run(&bench, &report, args.minutes),
                Suite::Planted => planted::run(&bench, &report)?,
                Suite::Crash => crash::run(&bench, &report, args.table.as_deref())?,
            }
            report.end_suite(suite.name());
        }
    }
    report.finish()
}
