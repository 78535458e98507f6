// SPDX-License-Identifier: GPL-2.0

//! `cargo xtask demo`: a kernel panics and is heard.

use crate::{
    cache::Cache,
    kernel::Flavour,
    modules, program,
    progress::Steps,
    setup::{self, KernelArgs},
    stage::{Setting, Stage},
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
    #[command(flatten)]
    kernel: KernelArgs,
}

pub fn run(args: &Args) -> Result<()> {
    let cache = Cache::open()?;
    let mut steps = Steps::new(&cache, setup::steps(1) + 1)?;
    let (toolbox, kernels) = setup::ready(&cache, &[Flavour::Lean], &args.kernel, &mut steps)?;
    let kernel = kernels.first().context("no kernel to boot")?;
    let built = modules::build(&toolbox, kernel, &["samples/"], &mut steps)?;
    let listen = program::panic_listen()?;

    let console = cache.path("logs/demo-console");
    let setting = Setting {
        kernel,
        modules: &[modules::named(&built, "panic_broadcaster")?],
        programs: &[],
        script: "sysrq.sh",
        nic: "virtio-net-pci",
        cmdline: &format!("records={RECORDS}"),
        limit: Duration::from_secs(60),
        log: &console,
        pcap: args.pcap.as_deref(),
        kdump: false,
    };
    println!(
        "A machine boots, works for a moment and crashes. This is what panic-listen hears of it:"
    );
    let mut stage = Stage::open(&setting, &toolbox, &listen, Stdio::inherit())?;
    let heard = stage.crash(RECORDS)?;
    let traffic = stage.close()?;

    println!(
        "{} broadcasts; the machine's own console is in {}",
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
