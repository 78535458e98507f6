// SPDX-License-Identifier: GPL-2.0

//! Everything that a person or a CI machine runs: see `cargo xtask help`.

mod bench;
mod cache;
mod check;
mod demo;
mod doc;
mod fuzz;
mod host;
mod initramfs;
mod kernel;
mod machine;
mod modules;
mod new;
mod program;
mod progress;
mod receiver;
mod relay;
mod run;
mod rust_analyzer;
mod rustc;
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
    /// Build the documentation of the library, and of the kernel crate beside it
    Doc(doc::Args),
    /// Watch a real kernel panic and be heard over the network
    Demo(demo::Args),
    /// Write a small driver that uses the crate, to begin one of your own with
    New(new::Args),
    /// Load modules of your own in a virtual machine, with its console on the terminal
    Run(run::Args),
    /// Lint code for the kernel: this project's, or a driver's
    Check(check::Args),
    /// Write rust-project.json, by which an editor finds its way through driver, crate and kernel
    RustAnalyzer(check::Args),
    /// Run the test suites
    Test(test::Args),
    /// Measure the library beside the C that it replaces
    Bench(bench::Args),
    /// Look for what breaks the receiver, or context-check, with a fuzzer
    Fuzz(fuzz::Args),
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
        Task::Doc(args) => doc::run(&args),
        Task::Demo(args) => demo::run(&args),
        Task::New(args) => new::run(&args),
        Task::Run(args) => run::run(&args),
        Task::Check(args) => check::run(&args),
        Task::RustAnalyzer(args) => rust_analyzer::run(&args),
        Task::Test(args) => test::run(&args),
        Task::Bench(args) => bench::run(&args),
        Task::Fuzz(args) => fuzz::run(&args),
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
