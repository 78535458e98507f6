// SPDX-License-Identifier: GPL-2.0

//! `cargo xtask shell`: the toolbox from inside, where the kernels' own compiler is.

use crate::{
    arch::Arch,
    cache::Cache,
    kernel::{Flavour, Kind},
    modules, program,
    progress::Steps,
    project,
    run_folder::RunFolder,
    setup::{self, KernelArgs},
    toolbox::PATH,
};
use anyhow::{ensure, Context, Result};
use std::{env, path::PathBuf};

#[derive(clap::Args)]
pub struct Args {
    /// The kernel whose build tree KDIR names
    #[arg(long, value_name = "KERNEL", default_value = "lean")]
    kernel: Kind,
    /// The architecture that it is for
    #[arg(long, default_value_t = Arch::HOST)]
    arch: Arch,
    /// Work in this folder, such as that of a driver of your own
    #[arg(long, value_name = "PATH")]
    dir: Option<PathBuf>,
    /// What to run; a shell when nothing is named
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<String>,
}

pub fn run(args: &Args) -> Result<()> {
    if let Some(dir) = &args.dir {
        // The toolbox shows the folder that one is in.
        env::set_current_dir(dir).with_context(|| format!("cannot enter {}", dir.display()))?;
    }
    let flavours = [Flavour::new(args.kernel, args.arch)?];
    let cache = Cache::open()?;
    let run = RunFolder::new("shell")?;
    let mut steps = Steps::new(&run, setup::steps(&flavours));
    let none = KernelArgs { kdir: None };
    let (_, kernels) = setup::ready(&cache, &flavours, &none, &mut steps)?;
    let kernel = kernels.first().context("no kernel")?;
    drop(steps);

    let static_assertions = modules::static_assertions()?;
    let crate_folder = static_assertions.parent().unwrap_or(&static_assertions);
    // For the Makefiles, of this project and of a driver.
    let context_check = program::context_check(&cache)?;
    let check_folder = context_check.parent().unwrap_or(&context_check);
    let (program, arguments) = match args.command.split_first() {
        Some((program, arguments)) => (program.as_str(), arguments),
        None => ("bash", [].as_slice()),
    };
    let mut command = kernel
        .toolbox
        .command_reading(program, &[crate_folder, check_folder]);
    command
        .args(arguments)
        .env("KDIR", &kernel.kdir)
        .env("NOTIFIER_CHAIN", project())
        .env("STATIC_ASSERTIONS", &static_assertions)
        .env("PATH", format!("{PATH}:{}", check_folder.display()));
    // `n` turns it off, here as anywhere.
    let context_check = env::var_os("CONTEXT_CHECK").unwrap_or_else(|| context_check.into());
    command.env("CONTEXT_CHECK", context_check);
    for variable in &kernel.make_arguments {
        if let Some((name, value)) = variable.split_once('=') {
            command.env(name, value);
        }
    }
    let status = command
        .status()
        .with_context(|| format!("cannot run {program}"))?;
    ensure!(status.success(), "{program} failed: {status}");
    Ok(())
}
