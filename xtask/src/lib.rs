// SPDX-License-Identifier: GPL-2.0

//! The toolbox, the kernels, and what is built with them: what `cargo xtask` and the package `machines` share.

pub mod arch;
pub mod cache;
pub mod check;
pub mod doc;
pub mod fuzz;
pub mod host;
pub mod kernel;
pub mod make_folder;
pub mod modules;
pub mod new;
pub mod program;
pub mod progress;
pub mod release;
pub mod run_folder;
pub mod rust_analyzer;
pub mod rustc;
pub mod setup;
pub mod shell;
pub mod source;
pub mod toolbox;

use anyhow::Result;
use std::{path::Path, process::ExitCode};

/// The project's folder: where its `Cargo.toml`, `Makefile` and `kernels/` are.
pub fn project() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// What a command ends with. An error is told in one line with its causes: it is read by people, not by the program's
/// authors.
pub fn exit_code(result: Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
