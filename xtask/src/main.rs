// SPDX-License-Identifier: GPL-2.0

//! Everything that a person or a CI machine runs: see `cargo xtask help`.

use anyhow::{Context, Result};
use clap::{CommandFactory, Parser, Subcommand};
use std::{
    env,
    ffi::OsString,
    os::unix::process::CommandExt,
    process::{Command, ExitCode},
};
use xtask::{check, doc, fuzz, new, project, rust_analyzer, setup, shell};

/// Builds, shows and tests notifier chains for Rust-for-Linux.
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    disable_help_subcommand = true
)]
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
    /// Write a small driver that uses the crate, to begin one of your own with
    New(new::Args),
    /// Lint code for the kernel: this project's, or a driver's
    Check(check::Args),
    /// Write rust-project.json, by which an editor finds its way through driver, crate and kernel
    RustAnalyzer(check::Args),
    /// Look for what breaks the receiver, or context-check, with a fuzzer
    Fuzz(fuzz::Args),
    /// Watch a real kernel panic and be heard over the network
    #[command(disable_help_flag = true)]
    Demo(Forwarded),
    /// Load modules of your own in a virtual machine, with its console on the terminal
    #[command(disable_help_flag = true)]
    Run(Forwarded),
    /// Run the test suites
    #[command(disable_help_flag = true)]
    Test(Forwarded),
    /// Measure the library beside the C that it replaces
    #[command(disable_help_flag = true)]
    Bench(Forwarded),
    /// Print this, or the options of a command
    Help { command: Option<String> },
}

/// What another program reads.
#[derive(clap::Args)]
struct Forwarded {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

fn main() -> ExitCode {
    xtask::exit_code(match Cli::parse().task {
        Task::Setup(args) => setup::run(&args),
        Task::Shell(args) => shell::run(&args),
        Task::Doc(args) => doc::run(&args),
        Task::New(args) => new::run(&args),
        Task::Check(args) => check::run(&args),
        Task::RustAnalyzer(args) => rust_analyzer::run(&args),
        Task::Fuzz(args) => fuzz::run(&args),
        Task::Demo(args) => machines("demo", args),
        Task::Run(args) => machines("run", args),
        Task::Test(args) => machines("test", args),
        Task::Bench(args) => machines("bench", args),
        Task::Help { command } => help(command),
    })
}

fn help(command: Option<String>) -> Result<()> {
    let arguments = vec!["--help".into()];
    match command.as_deref() {
        Some(task @ ("demo" | "run" | "test" | "bench")) => machines(task, Forwarded { arguments }),
        // Prints, and ends.
        Some(task) => {
            Cli::parse_from(["cargo xtask", task, "--help"]);
            Ok(())
        }
        None => Ok(Cli::command().print_help()?),
    }
}

/// Becomes the program that runs virtual machines, which Cargo builds first.
fn machines(task: &str, forwarded: Forwarded) -> Result<()> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args(["run", "--package", "machines", "--manifest-path"])
        .arg(project().join("Cargo.toml"))
        .args(["--", task])
        .args(forwarded.arguments);
    Err(cargo.exec()).context("cannot run cargo")
}
