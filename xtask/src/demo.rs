// SPDX-License-Identifier: GPL-2.0

//! `cargo xtask demo`: a kernel panics and is heard.

use crate::setup::KernelArgs;
use anyhow::Result;
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct Args {
    /// Keep the frames that the guest sent, for Wireshark
    #[arg(long, value_name = "FILE")]
    pcap: Option<PathBuf>,
    #[command(flatten)]
    kernel: KernelArgs,
}

pub fn run(_args: &Args) -> Result<()> {
    todo!()
}
