// SPDX-License-Identifier: GPL-2.0

//! `cargo xtask demo`: a kernel panics and is heard.

use crate::{
    arch::Arch,
    cache::Cache,
    kernel::{Flavour, Kind},
    model::Model,
    modules, pace, program,
    progress::Steps,
    run_folder::RunFolder,
    setup::{self, KernelArgs},
    stage::{Setting, Stage, Task},
};
use anyhow::{ensure, Context, Result};
use std::{path::PathBuf, process::Stdio, time::Duration};

/// How many records the guest is told to broadcast.
const RECORDS: usize = 120;

#[derive(clap::Args)]
pub struct Args {
    /// Keep the frames that the guest sent, for Wireshark
    #[arg(long, value_name = "FILE")]
    pcap: Option<PathBuf>,
    /// The kernel that panics
    #[arg(long, value_name = "KERNEL", default_value = "debian")]
    kernel: Kind,
    /// The architecture of the machine
    #[arg(long, default_value_t = Arch::HOST)]
    arch: Arch,
    #[command(flatten)]
    tree: KernelArgs,
}

pub fn run(args: &Args) -> Result<()> {
    let flavours = [Flavour::new(args.kernel, args.arch)?];
    let cache = Cache::open()?;
    let run = RunFolder::new("demo")?;
    let mut steps = Steps::new(&run, setup::steps(&flavours) + 1);
    let (toolbox, kernels) = setup::ready(&cache, &flavours, &args.tree, &mut steps)?;
    let kernel = kernels.first().context("no kernel to boot")?;
    let model = Model::of(kernel.flavour);
    ensure!(
        model.card.is_some(),
        "User-Mode Linux has no network card to broadcast from; give another --kernel"
    );
    let built = modules::build(kernel, &["samples/"], &mut steps)?;
    let listen = program::panic_listen()?;

    let console = run.path().join("console");
    let setting = Setting {
        model,
        kernel,
        modules: &[modules::named(&built.files, "panic_broadcaster")?.to_owned()],
        programs: &[],
        parameters: "",
        kdump: false,
        saved: None,
        tell: &|what| eprintln!("tried again: {what}"),
    };
    let task = Task {
        script: "sysrq.sh",
        variables: &format!("records={RECORDS}"),
        before: |_| Ok(()),
        limit: pace::limit(Duration::from_secs(60)),
        log: &console,
        pcap: args.pcap.as_deref(),
    };
    println!(
        "A machine with {} boots, works for a moment and crashes. This is what panic-listen hears of it:",
        kernel.title
    );
    let mut stage = Stage::open(&setting, &task, &toolbox, &listen, Stdio::inherit())?;
    stage.crash()?;
    let ended = stage.close()?;
    let heard = ended.heard(RECORDS)?;
    let traffic = ended.traffic;

    println!(
        "{} frames; the machine's own console is in {}",
        traffic.broadcasts,
        console.display()
    );
    for line in &heard.missing {
        println!("not heard: {line}");
    }
    for fault in &traffic.faults {
        println!("not a valid broadcast: {fault}");
    }
    println!(
        "heard {}/{} records",
        heard.total - heard.missing.len(),
        heard.total
    );
    ensure!(heard.missing.is_empty(), "some records were lost");
    ensure!(
        traffic.faults.is_empty(),
        "the guest sent what no receiver would take"
    );
    Ok(())
}
