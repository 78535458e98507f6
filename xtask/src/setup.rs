// SPDX-License-Identifier: GPL-2.0

//! `cargo xtask setup`, and the same for every command that needs it.

use crate::{
    cache::Cache,
    kernel::{Flavour, Kernel},
    progress::Steps,
    toolbox::Toolbox,
};
use anyhow::Result;
use std::path::PathBuf;

/// What every command that needs a kernel can be told.
#[derive(clap::Args)]
pub struct KernelArgs {
    /// Use this kernel build tree, and the programs in PATH, instead of the project's own
    #[arg(long, value_name = "PATH")]
    pub kdir: Option<PathBuf>,
}

#[derive(clap::Args)]
pub struct Args {
    /// Only these kernels (all when none is named)
    #[arg(long = "kernel", value_name = "KERNEL")]
    kernels: Vec<Flavour>,
    #[command(flatten)]
    kernel: KernelArgs,
}

/// How many steps `ready` takes for that many kernels: count them into `Steps::new`.
pub const fn steps(kernels: usize) -> usize {
    2 + kernels
}

/// The toolbox and the kernels asked for, in that order. With `--kdir` it is that one kernel, whatever was asked for.
pub fn ready(_cache: &Cache, _flavours: &[Flavour], _args: &KernelArgs, _steps: &mut Steps) -> Result<(Toolbox, Vec<Kernel>)> {
    todo!()
}

pub fn run(_args: &Args) -> Result<()> {
    todo!()
}
