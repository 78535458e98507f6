// SPDX-License-Identifier: GPL-2.0

//! This project's own programs, which Cargo builds.

use crate::{
    cache::{self, Cache, Lock},
    project,
};
use anyhow::{bail, ensure, Context, Result};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// What context-check is made from, beside the compiler.
const CHECKER: [&str; 5] = [
    "Cargo.lock",
    "Cargo.toml",
    "context-check/Cargo.toml",
    "context-check/rules.txt",
    "context-check/src",
];

/// Builds `panic-listen`, in no time when nothing has changed, and says where it is.
pub fn panic_listen() -> Result<PathBuf> {
    build("panic-listen", &["build"], &[])
}

/// The same for `context-check`: as users install it, and with its own copy of libc, since that of the toolbox may be an
/// older one. Every checkout with the same sources uses the one in the cache.
pub fn context_check(cache: &Cache) -> Result<PathBuf> {
    let mut made_from = vec![compiler()?];
    for path in CHECKER {
        sources(&project().join(path), &mut made_from)?;
    }
    let made_from: Vec<_> = made_from.iter().map(String::as_str).collect();
    let folder = cache.path(&format!("context-check-{}", cache::key(&made_from)));
    let program = folder.join("context-check");
    if program.exists() {
        return Ok(program);
    }
    let _lock = Lock::wait(&cache.path("context-check.lock"))?;
    // The run that was waited for may have made it.
    if !program.exists() {
        let built = build(
            "context-check",
            &["rustc", "--release", "--bin", "context-check"],
            &["--", "-C", "target-feature=+crt-static"],
        )?;
        cache.unfinished("context-check", |unfinished| {
            fs::copy(&built, unfinished.join("context-check"))
                .with_context(|| format!("cannot copy {}", built.display()))?;
            fs::rename(unfinished, &folder)
                .with_context(|| format!("cannot make {}", folder.display()))
        })?;
    }
    Ok(program)
}

/// What Cargo compiles with.
fn compiler() -> Result<String> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("-vV").output();
    let output = output.context("cannot run rustc")?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Adds the text of a file, or of all files in a folder, in an order that stays.
fn sources(path: &Path, texts: &mut Vec<String>) -> Result<()> {
    let cannot = || format!("cannot read {}", path.display());
    if !path.is_dir() {
        texts.push(fs::read_to_string(path).with_context(cannot)?);
        return Ok(());
    }
    let mut paths = Vec::new();
    for entry in fs::read_dir(path).with_context(cannot)? {
        let entry = entry?;
        // Not what an editor keeps beside them.
        if !entry.file_name().to_string_lossy().starts_with('.') {
            paths.push(entry.path());
        }
    }
    paths.sort();
    paths.iter().try_for_each(|path| sources(path, texts))
}

fn build(package: &str, arguments: &[&str], behind: &[&str]) -> Result<PathBuf> {
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .current_dir(project())
        .args(arguments)
        .args(["--quiet", "--package", package])
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
