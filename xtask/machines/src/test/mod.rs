// SPDX-License-Identifier: GPL-2.0

//! `cargo xtask test`: the suites.

mod audit;
mod compile_fail;
mod context_check;
mod crash;
mod doctest;
mod history;
mod host;
mod kunit;
mod limited;
mod planted;
mod pool;
mod programs;
mod refusals;
mod report;
mod splat;
mod states;
mod style;
mod times;
mod torture;
mod vm;
mod wanted;

use crate::{
    arch::Arch,
    cache::Cache,
    kernel::{Flavour, Kernel},
    modules::{self, Built},
    pace,
    progress::Steps,
    run_folder::RunFolder,
    setup::{self, KernelArgs},
    toolbox::{Gone, Toolbox},
};
use anyhow::{ensure, Context, Error, Result};
use history::History;
use pool::Job;
use programs::Programs;
use report::Report;
use states::States;
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};
use times::Times;
use wanted::Wanted;

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Suite {
    /// The receiver, the wire format, context-check, xtask itself
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Kernels {
    /// Those built here, and Debian's for cloud machines
    Usual,
    /// Also Debian's for PCs, for real time and of 7.2, that of Debian 14, and a clean Debian root
    All,
}

#[derive(clap::Args)]
pub struct Args {
    /// Only this suite
    #[arg(long, value_name = "SUITE")]
    only: Option<Suite>,
    /// Only the tests whose name contains this
    #[arg(long, value_name = "NAME")]
    filter: Option<String>,
    /// On which kernels to test: the usual ones, or also on Debian's others
    #[arg(long, value_name = "KERNELS", default_value = "usual")]
    kernels: Kernels,
    /// On machines of this architecture, and all that they can be tested with: kunit, doctest, vm, torture and
    /// crash
    ///
    /// If nothing is said, it is that of this machine. An x86-64 machine also runs what there is for Debian's arm64
    /// kernel.
    #[arg(long, conflicts_with = "quick")]
    arch: Option<Arch>,
    /// Only what an edit is most likely to have broken
    #[arg(long)]
    quick: bool,
    /// Only the tests of this checkout that failed and have not passed since
    #[arg(long)]
    failed: bool,
    /// Print the names of the tests, and run none. What they need is built first
    #[arg(long)]
    list: bool,
    /// Run each test so many times, but for those of the suite host
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    repeat: u32,
    /// Do so many things at once: as many as there are CPUs if nothing is said, and never more than there is memory for
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=4096))]
    jobs: Option<u16>,
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
    /// Where they were built.
    out: PathBuf,
    _built: Built,
}

/// What the suites that need a kernel run with.
struct Bench<'a> {
    toolbox: &'a Toolbox,
    targets: &'a [Target],
    programs: &'a Programs,
    history: &'a History,
    /// Where the consoles' logs are kept after the run.
    logs: &'a Path,
    /// What is gone after it.
    temporary: &'a Path,
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

    /// What a test is likely to take: what it took the last time, or that.
    fn estimate(&self, name: &str, unknown: Duration) -> Duration {
        self.history.took(name).unwrap_or(unknown)
    }

    /// A file for the console of that test, which no other test has.
    fn log(&self, name: &str) -> PathBuf {
        let plain = |c: char| {
            if c.is_ascii_alphanumeric() || "-_".contains(c) {
                c
            } else {
                '-'
            }
        };
        let name: String = name.trim().chars().map(plain).collect();
        let mut nth = 1;
        loop {
            let path = match nth {
                1 => self.logs.join(&name),
                _ => self.logs.join(format!("{name}-{nth}")),
            };
            let created = std::fs::File::create_new(&path);
            let taken = std::io::ErrorKind::AlreadyExists;
            if !created.is_err_and(|error| error.kind() == taken) {
                return path;
            }
            nth += 1;
        }
    }
}

impl Suite {
    const ALL: [Suite; 9] = [
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

    /// Whether there are tests of it for that architecture.
    fn is_for(self, arch: Arch) -> bool {
        arch == Arch::X86_64
            || matches!(
                self,
                Suite::ContextCheck
                    | Suite::Kunit
                    | Suite::Doctest
                    | Suite::Vm
                    | Suite::Torture
                    | Suite::Crash
            )
    }

    /// The kernels that the suite asks for.
    fn flavours(self, report: &Report) -> Vec<Flavour> {
        match self {
            Suite::Host => Vec::new(),
            Suite::Kunit | Suite::Doctest => kunit::places(self.name(), report),
            Suite::CompileFail | Suite::Planted => vec![Flavour::DEBUG],
            Suite::Torture => vec![torture::flavour(report)],
            Suite::ContextCheck => context_check::flavours(report),
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
    let history = History::read();
    let mut wanted = Wanted::new(args.filter.clone(), args.quick, args.list);
    if args.kernels == Kernels::All {
        wanted = wanted.on_all_kernels();
    }
    if let Some(arch) = args.arch {
        wanted = wanted.on(arch);
    }
    if let Some(suite) = args.only {
        ensure!(
            suite.is_for(wanted.arch()),
            "the suite {} has no tests for {}",
            suite.name(),
            wanted.arch()
        );
    }
    let mut asked = BTreeSet::new();
    if args.failed {
        asked = history.to_run_again()?;
        ensure!(
            asked.is_empty() || !asked.iter().all(|name| wanted.is_elsewhere(name)),
            "the tests that failed run on another architecture; name it with --arch"
        );
        wanted = wanted.named(asked.clone());
    }
    let report = Report::new(wanted);
    let mut suites = Suite::ALL.to_vec();
    suites.retain(|suite| suite.is_for(report.wanted().arch()));
    suites.retain(|&suite| {
        args.only.is_none_or(|only| only == suite)
            && report.wanted().below(&format!("{}/", suite.name()), &[])
    });
    ensure!(
        args.table.is_none() || suites.contains(&Suite::Crash),
        "--table is for the suite crash, which is not wanted"
    );
    if let Some(file) = &args.table {
        crash::can_write(file)?;
    }
    pace::share_among(side_by_side(args));
    let run = RunFolder::new("test")?;
    let programs = Programs::new(run.temporary()?);
    let times = Times::new();

    // What needs no kernel goes on while kernels and modules are built.
    let ran = thread::scope(|scope| {
        if suites.contains(&Suite::ContextCheck) && !args.list {
            // Those that need it say what is wrong.
            scope.spawn(|| _ = programs.context_check());
        }
        let host = suites
            .contains(&Suite::Host)
            .then(|| scope.spawn(|| host::run(&report, &run, args.bless)));
        let on_kernels = in_kernels(args, &suites, &report, &run, &programs, &history, &times);
        let host = host.map_or(Ok(()), |host| {
            host.join()
                .unwrap_or_else(|_| anyhow::bail!("the suite host panicked"))
        });
        [("what the suites need", on_kernels), ("host", host)]
    });
    let mut all_ran = true;
    for (what, ran) in ran {
        if let Err(error) = ran {
            report.fail(what, Duration::ZERO, error);
            all_ran = false;
        }
    }
    // Tests that are not among these may be there all the same.
    if !all_ran
        || args.only.is_some()
        || args.filter.is_some()
        || args.quick
        || args.kernels != Kernels::All
        || args.arch.is_some()
    {
        asked.clear();
    }
    asked.retain(|name| !report.lacked(name) && !report.wanted().is_elsewhere(name));
    if all_ran {
        for suite in &suites {
            report.end_suite(suite.name());
        }
    }
    if !args.list {
        History::write(&report, &asked)?;
        report::say(format_args!("\n{}", times.tables(&report)));
    }
    report.finish()
}

/// Of those folders, what a kernel can have: a distribution's has no KUnit, and is not measured.
fn folders_for(flavour: Flavour, folders: Vec<&'static str>) -> Vec<&'static str> {
    if flavour.debian().is_none() {
        return folders;
    }
    let narrow = |folder| match folder {
        "tests/" => vec!["tests/context/", "tests/soundness/", "tests/vm/modules/"],
        other => vec![other],
    };
    folders.into_iter().flat_map(narrow).collect()
}

/// How much is done at once, as far as it goes by CPUs.
fn side_by_side(args: &Args) -> usize {
    args.jobs.map_or_else(pace::cpus, usize::from)
}

/// If the archive no longer has a kernel, its tests do not run. Any other error ends the run.
fn do_without(error: Error, flavours: &[Flavour], suites: &[Suite], report: &Report) -> Result<()> {
    let Some(gone) = error.downcast_ref::<Gone>() else {
        return Err(error);
    };
    let tests_on = |flavour: Flavour| -> Vec<_> {
        let tests = suites.iter().flat_map(|suite| match suite {
            Suite::Vm => vm::tests_on(flavour, report),
            Suite::Crash => crash::tests_on(flavour, report),
            Suite::ContextCheck => context_check::tests_on(flavour, report),
            _ => Vec::new(),
        });
        tests.collect()
    };
    let lacking: Vec<_> = flavours
        .iter()
        .filter(|&&flavour| gone.is(flavour))
        .map(|&flavour| (flavour, tests_on(flavour)))
        .collect();
    // What asks for a kernel on which no test runs cannot do without it.
    if lacking.is_empty() || lacking.iter().any(|(_, tests)| tests.is_empty()) {
        return Err(error);
    }
    for (flavour, tests) in &lacking {
        report.lacks(*flavour, tests, &gone.to_string());
    }
    Ok(())
}

/// The suites that take kernels, side by side.
fn in_kernels(
    args: &Args,
    suites: &[Suite],
    report: &Report,
    run: &RunFolder,
    programs: &Programs,
    history: &History,
    times: &Times,
) -> Result<()> {
    let asks = |suite: &&Suite, flavour: &Flavour| suite.flavours(report).contains(flavour);
    let (toolbox, kernels, mut steps) = loop {
        let flavours: Vec<_> = Flavour::all()
            .filter(|flavour| suites.iter().any(|suite| asks(&suite, flavour)))
            .collect();
        if flavours.is_empty() {
            return Ok(());
        }
        let cache = Cache::open()?;
        let mut steps = Steps::new(run, setup::steps(&flavours) + flavours.len());
        match setup::ready(&cache, &flavours, &args.kernel, &mut steps) {
            Ok((toolbox, kernels)) => break (toolbox, kernels, steps),
            Err(error) => do_without(error, &flavours, suites, report)?,
        }
    };
    let mut targets = Vec::new();
    for kernel in kernels {
        let asking = suites.iter().filter(|suite| asks(suite, &kernel.flavour));
        let folders: Vec<_> = asking
            .flat_map(|suite| suite.folders(report))
            .copied()
            .collect();
        let folders = folders_for(kernel.flavour, folders);
        let mut built = modules::build(&kernel, &folders, &mut steps)?;
        targets.push(Target {
            kernel,
            modules: std::mem::take(&mut built.files),
            out: built.out.clone(),
            _built: built,
        });
    }
    times.built(steps.took());
    let bench = Bench {
        toolbox: &toolbox,
        targets: &targets,
        programs,
        history,
        logs: run.path(),
        temporary: &run.temporary()?,
    };
    let repeat = if args.list { 1 } else { args.repeat as usize };
    let wants = |suite| suites.contains(&suite);
    let boots = wants(Suite::Vm)
        .then(|| vm::boots(report))
        .into_iter()
        .flatten();
    let boots = boots.chain(
        wants(Suite::Crash)
            .then(|| crash::boots(report))
            .into_iter()
            .flatten(),
    );
    let states = States::of(boots, repeat);
    let rows = crash::rows();
    let mut jobs: Vec<Job<'_>> = if args.list {
        Vec::new()
    } else {
        states.jobs(&bench, report)
    };
    for suite in suites {
        jobs.extend(match suite {
            Suite::Host => Vec::new(),
            Suite::Kunit => kunit::jobs(&bench, report),
            Suite::Doctest => doctest::jobs(&bench, report),
            Suite::CompileFail => compile_fail::jobs(&bench, report, args.bless)?,
            Suite::ContextCheck => context_check::jobs(&bench, report)?,
            Suite::Vm => vm::jobs(&bench, report, &states),
            Suite::Torture => torture::jobs(&bench, report, args.minutes),
            Suite::Planted => planted::jobs(&bench, report)?,
            Suite::Crash => crash::jobs(&bench, report, &states, &rows)?,
        });
    }
    pool::run(jobs, side_by_side(args), repeat);
    if let Some(file) = args.table.as_ref().filter(|_| !args.list) {
        crash::write_table(file, report, &rows)?;
    }
    Ok(())
}
