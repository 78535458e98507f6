// SPDX-License-Identifier: GPL-2.0

//! `cargo xtask test`: the suites.

use crate::setup::KernelArgs;
use anyhow::Result;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    kernel: KernelArgs,
}

pub fn run(_args: &Args) -> Result<()> {
    todo!()
}
