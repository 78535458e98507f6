// SPDX-License-Identifier: GPL-2.0

//! `cargo xtask bench`: the library beside the C that it replaces.

mod code;
mod plot;
mod rounds;
mod table;

use crate::{
    cache::Cache,
    initramfs::Initramfs,
    kernel::{Flavour, Kernel},
    machine::Boot,
    modules,
    progress::Steps,
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

/// What C may differ from itself by in a run that is worth anything.
const NOISE: f64 = 0.02;

#[derive(clap::Args)]
pub struct Args {
    /// Keep the figures
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Draw how the cost of a call grows with the length of the chain
    #[arg(long, value_name = "FILE.svg")]
    plot: Option<PathBuf>,
    #[command(flatten)]
    kernel: KernelArgs,
}

pub fn run(args: &Args) -> Result<()> {
    let cache = Cache::open()?;
    let mut steps = Steps::new(&cache, setup::steps(1) + 3)?;
    let (toolbox, kernels) = setup::ready(&cache, &[Flavour::Uml], &args.kernel, &mut steps)?;
    let kernel = kernels.first().context("no kernel to boot")?;
    let built = modules::build(&toolbox, kernel, &["tests/bench/"], &mut steps)?;
    let module = modules::named(&built, MODULE)?;
    let callbacks = code::callbacks(module)?;

    let log = cache.path("logs/bench-console");
    let step = steps.begin("measurements, C and Rust by turns")?;
    let mut comparisons = rounds::read(&measure(&toolbox, kernel, module, "ncpus=1", &log)?)?;
    step.done();
    let step = steps.begin("measurements on two CPUs at once")?;
    let console = cache.path("logs/bench-two-cpus-console");
    comparisons.extend(rounds::read(&measure(
        &toolbox, kernel, module, TWO_CPUS, &console,
    )?)?);
    step.done();

    let about = format!("{}, {}", jiff::Zoned::now().date(), cpu()?);
    println!(
        "{about}; times in nanoseconds, the console is in {}",
        log.display()
    );
    for (measure, of_measure) in rounds::by_measure(&comparisons) {
        println!("\n{measure}\n\n{}", table::of_rounds(&of_measure));
    }
    println!(
        "\ninstructions of a callback\n\n{}",
        table::of_code(&callbacks)
    );
    if let Some(file) = &args.plot {
        plot::draw(file, &comparisons)?;
    }
    if let Some(file) = &args.json {
        let json = json(&about, &comparisons, &callbacks);
        fs::write(file, serde_json::to_string_pretty(&json)? + "\n")
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    believable(&comparisons)
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
    Initramfs::new(toolbox)?
        .module(module)?
        .scenario(format!("insmod /modules/{MODULE}.ko\n").as_bytes())?
        .write(&initramfs)?;
    let mut machine = Boot {
        kernel,
        initramfs: &initramfs,
        cmdline: &format!("panic_on_oops=1 kunit.autorun=0 {cpus}"),
        nics: &[],
        cpus: 2,
        memory_mib: 512,
        sound: None,
        log,
        limit: MACHINE,
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

fn json(about: &str, comparisons: &[Comparison], callbacks: &[code::Callback]) -> Value {
    let mut all = json!({ "about": about });
    for (measure, of_measure) in rounds::by_measure(comparisons) {
        let entries: Vec<_> = of_measure.iter().map(|one| one.json()).collect();
        all[measure] = entries.into();
    }
    all["callbacks"] = callbacks.iter().map(code::Callback::json).collect();
    all
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
