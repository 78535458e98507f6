// SPDX-License-Identifier: GPL-2.0

//! This project's own programs, which Cargo builds.

use crate::project;
use anyhow::{bail, ensure, Context, Result};
use std::{
    env,
    path::PathBuf,
    process::{Command, Stdio},
};

/// Builds `panic-listen`, in no time when nothing has changed, and says where it is.
pub fn panic_listen() -> Result<PathBuf> {
    build("panic-listen", &["build", "--quiet"], &[])
}

/// The same for `context-check`: as users install it, and with its own copy of libc, since that of the
/// toolbox may be an older one.
pub fn context_check() -> Result<PathBuf> {
    build(
        "context-check",
        &["rustc", "--release", "--bin", "context-check"],
        &["--", "-C", "target-feature=+crt-static"],
    )
}

fn build(package: &str, arguments: &[&str], behind: &[&str]) -> Result<PathBuf> {
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .current_dir(project())
        .args(arguments)
        .args(["--package", package])
        .args(["--message-format", "json-render-diagnostics"])
        .args(behind)
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start cargo")?;
    ensure!(output.status.success(), "{package} does not build");
    let messages =
        serde_json::Deserializer::from_slice(&output.stdout).into_iter::<serde_json::Value>();
    for message in messages {
        if let Some(program) = message?["executable"].as_str() {
            return Ok(program.into());
        }
    }
    bail!("cargo does not say where it built {package}")
}
