// SPDX-License-Identifier: GPL-2.0

//! The commands of `cargo xtask` that run virtual machines.

mod bench;
mod demo;
mod initramfs;
mod machine;
mod markdown;
mod model;
mod pace;
mod receiver;
mod relay;
mod run;
mod stage;
mod test;
mod window;

use clap::{Parser, Subcommand};
use std::process::ExitCode;
use xtask::{
    arch, cache, check, doc, fuzz, host, kernel, modules, new, program, progress, project, release,
    run_folder, rust_analyzer, rustc, setup, toolbox,
};

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Watch a real kernel panic and be heard over the network
    Demo(demo::Args),
    /// Load modules of your own in a virtual machine, with its console on the terminal
    Run(run::Args),
    /// Run the test suites
    Test(test::Args),
    /// Measure the library beside the C that it replaces
    Bench(bench::Args),
}

fn main() -> ExitCode {
    xtask::exit_code(match Cli::parse().task {
        Task::Demo(args) => demo::run(&args),
        Task::Run(args) => run::run(&args),
        Task::Test(args) => test::run(&args),
        Task::Bench(args) => bench::run(&args),
    })
}
