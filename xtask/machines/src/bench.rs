// SPDX-License-Identifier: GPL-2.0

//! `cargo xtask bench`: the library beside the C that it replaces.

mod code;
mod page;
mod panic;
mod plot;
mod receiver;
mod rounds;
mod sizes;
mod table;

use crate::{
    arch::Arch,
    cache::Cache,
    initramfs::Initramfs,
    kernel::{Flavour, Kernel},
    machine::Boot,
    model::Model,
    modules, pace,
    progress::Steps,
    run_folder::RunFolder,
    setup::{self, KernelArgs},
    toolbox::Toolbox,
};
use anyhow::{ensure, Context, Result};
use rounds::Comparison;
use serde_json::{json, Value};
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// The module that measures, when it is loaded.
const MODULE: &str = "notifier_chain_bench";

/// How long the machine may take for all that.
const MACHINE: Duration = Duration::from_secs(300);

/// User-Mode Linux has a second CPU only with this way to run user space.
const TWO_CPUS: &str = "seccomp=on ncpus=2";

/// The kernels whose modules are counted and sized, one of each architecture.
const CODE: [Flavour; 2] = [Flavour::LEAN, Flavour::LEAN.on(Arch::Arm64)];

/// What C may differ from itself by in a run that is worth anything.
const NOISE: f64 = 0.02;

/// What can be measured by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Group {
    /// Calls and registering, on one CPU and on two
    Calls,
    /// The instructions of callbacks
    Callbacks,
    /// The panic path, beside netconsole
    Panic,
    /// What the samples take of memory, beside the same in C
    Sizes,
    /// Records a second that the receiver takes
    Receiver,
}

#[derive(clap::Args)]
pub struct Args {
    /// Measure only this (all when nothing is named)
    #[arg(long, value_name = "GROUP")]
    only: Vec<Group>,
    /// Keep the figures
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Draw how the cost of a call grows with the length of the chain
    #[arg(long, value_name = "FILE.svg")]
    plot: Option<PathBuf>,
    /// Write the tables into this page, each where its name is
    #[arg(long, value_name = "FILE.md")]
    page: Option<PathBuf>,
    #[command(flatten)]
    kernel: KernelArgs,
}

/// What came of it: tables by their names, and the same for programs.
struct Results {
    tables: Vec<(String, String)>,
    json: Value,
}

impl Results {
    fn add(&mut self, name: &str, table: &impl ToString, json: Value) {
        self.tables.push((name.to_owned(), table.to_string()));
        self.json[name] = json;
    }
}

pub fn run(args: &Args) -> Result<()> {
    let wants = |group| args.only.is_empty() || args.only.contains(&group);
    ensure!(
        args.plot.is_none() || wants(Group::Calls),
        "--plot draws the group `calls`"
    );
    ensure!(
        Arch::HOST == Arch::X86_64 || !(wants(Group::Calls) || wants(Group::Panic)),
        "calls and the panic path are measured on an x86-64 machine only; name other groups with --only"
    );
    let mut flavours = Vec::new();
    flavours.extend(wants(Group::Calls).then_some(Flavour::UML));
    flavours.extend(wants(Group::Panic).then_some(Flavour::LEAN));
    if wants(Group::Callbacks) || wants(Group::Sizes) {
        for flavour in CODE {
            if !flavours.contains(&flavour) {
                flavours.push(flavour);
            }
        }
    }

    // A kernel that a user brings is of one flavour.
    let architectures = args.kernel.kdir.as_ref().map_or(CODE.len(), |_| 1);
    let cache = Cache::open()?;
    let mut count = setup::steps(&flavours);
    for (group, steps) in [
        (Group::Calls, 3),
        (Group::Callbacks, architectures),
        (Group::Panic, 2),
        (Group::Sizes, architectures),
        (Group::Receiver, 1),
    ] {
        count += if wants(group) { steps } else { 0 };
    }
    let run = RunFolder::new("bench")?;
    let mut steps = Steps::new(&run, count);
    let (toolbox, kernels) = setup::ready(&cache, &flavours, &args.kernel, &mut steps)?;
    let (on_uml, others): (Vec<_>, Vec<_>) = kernels
        .iter()
        .partition(|kernel| kernel.flavour == Flavour::UML);

    let about = format!("{}, {}", jiff::Zoned::now().date(), cpu()?);
    let mut results = Results {
        tables: vec![("about".to_owned(), about.clone())],
        json: json!({ "about": about }),
    };
    let mut comparisons = Vec::new();
    if wants(Group::Calls) {
        comparisons = calls(
            &run,
            &toolbox,
            measured(&on_uml)?[0],
            &mut results,
            &mut steps,
        )?;
    }
    if wants(Group::Callbacks) {
        callbacks(measured(&others)?, &mut results, &mut steps)?;
    }
    let mut panics = Vec::new();
    if wants(Group::Panic) {
        panics = panic_path(&run, &toolbox, on_pc(&others)?, &mut results, &mut steps)?;
    }
    if wants(Group::Sizes) {
        let sizes = sizes::measure(measured(&others)?, &mut steps)?;
        let json = sizes.iter().map(sizes::Size::json).collect();
        results.add("sizes", &table::of_sizes(&sizes), json);
    }
    if wants(Group::Receiver) {
        let step = steps.begin("records for the receiver")?;
        let (table, json) = receiver::measure()?;
        results.add("receiver", &table, json);
        step.done();
    }

    println!("{about}; times in nanoseconds where nothing else is said");
    for (name, table) in results.tables.iter().skip(1) {
        println!("\n{name}\n\n{table}");
    }
    if let Some(file) = &args.plot {
        plot::draw(file, &comparisons)?;
    }
    if let Some(file) = &args.json {
        fs::write(file, serde_json::to_string_pretty(&results.json)? + "\n")
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    if let Some(file) = &args.page {
        page::write(file, &results.tables)?;
    }
    if wants(Group::Calls) {
        believable(&comparisons)?;
    }
    panic::check(&panics)
}

/// That of a PC.
fn on_pc<'a>(kernels: &[&'a Kernel]) -> Result<&'a Kernel> {
    let is_for_pc = |kernel: &&&Kernel| kernel.flavour.arch == Arch::X86_64;
    let kernel = kernels.iter().find(is_for_pc);
    kernel
        .context("the panic path is measured on x86-64 only; see --only")
        .copied()
}

/// Those kernels, if there are any.
fn measured<'a>(kernels: &'a [&'a Kernel]) -> Result<&'a [&'a Kernel]> {
    ensure!(
        !kernels.is_empty(),
        "this kernel is not one to measure that on; see --only"
    );
    Ok(kernels)
}

fn calls(
    run: &RunFolder,
    toolbox: &Toolbox,
    kernel: &Kernel,
    results: &mut Results,
    steps: &mut Steps,
) -> Result<Vec<Comparison>> {
    let built = modules::build(kernel, &["tests/bench/"], steps)?;
    let module = modules::named(&built.files, MODULE)?;

    let step = steps.begin("measurements, C and Rust by turns")?;
    let console = run.path().join("console");
    let mut comparisons = rounds::read(&measure(toolbox, kernel, module, "ncpus=1", &console)?)?;
    step.done();
    let step = steps.begin("measurements on two CPUs at once")?;
    let console = run.path().join("two-cpus-console");
    comparisons.extend(rounds::read(&measure(
        toolbox, kernel, module, TWO_CPUS, &console,
    )?)?);
    step.done();

    for (measure, of_measure) in rounds::by_measure(&comparisons) {
        let json = of_measure.iter().map(|one| one.json()).collect();
        results.add(measure, &table::of_rounds(&of_measure), json);
    }
    Ok(comparisons)
}

fn callbacks(kernels: &[&Kernel], results: &mut Results, steps: &mut Steps) -> Result<()> {
    let counted = kernels.iter().map(|kernel| {
        let built = modules::build(kernel, &code::FOLDERS, steps)?;
        code::count(modules::named(&built.files, code::MODULE)?)
    });
    let counted = counted.collect::<Result<Vec<_>>>()?;
    let json = counted.iter().flat_map(code::Counted::json).collect();
    results.add("callbacks", &table::of_counts(&counted), json);
    for one in &counted {
        let name = format!("instructions-{}", one.architecture.name);
        let table = table::of_instructions(one).to_string();
        results.tables.push((name, table));
    }
    Ok(())
}

fn panic_path(
    run: &RunFolder,
    toolbox: &Toolbox,
    kernel: &Kernel,
    results: &mut Results,
    steps: &mut Steps,
) -> Result<Vec<panic::Panic>> {
    let built = modules::build(kernel, &panic::FOLDERS, steps)?;
    let modules = panic::modules(kernel, &built.files)?;
    let step = steps.begin("panics, heard from the broadcaster and from netconsole")?;
    let console = run.path().join("panic-console");
    let panics = panic::measure(toolbox, kernel, &modules, &console)?;
    step.done();
    let json = panics.iter().map(panic::Panic::json).collect();
    results.add("panics", &table::of_panics(&panics), json);
    Ok(panics)
}

/// Boots a machine that loads the module, and gives what its console shows.
fn measure(
    toolbox: &Toolbox,
    kernel: &Kernel,
    module: &Path,
    cpus: &str,
    log: &Path,
) -> Result<Vec<String>> {
    let folder = tempfile::tempdir()?;
    let initramfs = folder.path().join("initramfs");
    Initramfs::new(toolbox, kernel.flavour.arch)?
        .module(module)?
        .scenario(format!("insmod /modules/{MODULE}.ko\n").as_bytes())?
        .write(&initramfs)?;
    let mut machine = Boot {
        model: Model::alone(kernel.flavour),
        kernel,
        initramfs: &initramfs,
        cmdline: &format!("panic_on_oops=1 kunit.autorun=0 {cpus}"),
        frames_to: None,
        disk: None,
        sound: None,
        log,
        limit: pace::limit(MACHINE),
    }
    .start(toolbox)?;
    machine.expect("scenario ended: 0")?;
    machine.wait_off()?;
    Ok(machine.lines())
}

fn cpu() -> Result<String> {
    let info = fs::read_to_string("/proc/cpuinfo").context("cannot read /proc/cpuinfo")?;
    let models: Vec<_> = info
        .lines()
        .filter_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map(|(_, model)| model)
        .collect();
    let model = models.first().unwrap_or(&"an unknown CPU");
    Ok(format!("{model}, {} CPUs", models.len()))
}

/// The benchmark's own test: a twin that is the same is as fast, one that was slowed down is not.
fn believable(comparisons: &[Comparison]) -> Result<()> {
    let ratio = |twin: &str| {
        comparisons
            .iter()
            .find(|one| one.measure == "checks" && one.is("twin", twin))
            .map(|one| one.ratio().median)
            .with_context(|| format!("nothing was compared with the twin `{twin}`"))
    };
    let same = ratio("same")?;
    ensure!(
        (same - 1.0).abs() <= NOISE,
        "C differs from itself by a factor of {same:.3}: this machine is too busy to measure on"
    );
    let slowed = ratio("slowed")?;
    ensure!(
        slowed > 1.0 + NOISE,
        "a twin that was slowed down does not show ({slowed:.3}): the comparison is broken"
    );
    Ok(())
}
