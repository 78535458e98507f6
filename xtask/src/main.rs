// SPDX-License-Identifier: GPL-2.0

//! Everything that a person or a CI machine runs: `cargo xtask setup`, `shell`, `demo` and `test`.

mod cache;
mod demo;
mod host;
mod initramfs;
mod kernel;
mod machine;
mod modules;
mod progress;
mod receiver;
mod relay;
mod setup;
mod shell;
mod source;
mod stage;
mod test;
mod toolbox;
mod window;

use clap::{Parser, Subcommand};
use std::{path::Path, process::ExitCode};

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
    /// Run a command in the toolbox, with KDIR and the rest set for make
    Shell(shell::Args),
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

fn main() -> ExitCode {
    let result = match Cli::parse().task {
        Task::Setup(args) => setup::run(&args),
        Task::Shell(args) => shell::run(&args),
        Task::Demo(args) => demo::run(&args),
        Task::Test(args) => test::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // In one line with its causes: it is read by people, not by the program's authors.
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
