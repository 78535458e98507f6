// SPDX-License-Identifier: GPL-2.0

//! Everything that a person or a CI machine runs: `cargo xtask setup`, `demo` and `test`.

mod cache;
mod demo;
mod kernel;
mod modules;
mod progress;
mod setup;
mod test;
mod toolbox;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::path::Path;

/// Builds, shows and tests notifier chains for Rust-for-Linux.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Make the toolbox and the kernels that the other commands need
    Setup(setup::Args),
    /// Watch a real kernel panic and be heard over the network
    Demo(demo::Args),
    /// Run the test suites
    Test(test::Args),
}

/// The project's folder: where its `Cargo.toml`, `Makefile` and `kernels/` are.
pub fn project() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

fn main() -> Result<()> {
    match Cli::parse().task {
        Task::Setup(args) => setup::run(&args),
        Task::Demo(args) => demo::run(&args),
        Task::Test(args) => test::run(&args),
    }
}
