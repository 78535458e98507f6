// SPDX-License-Identifier: GPL-2.0

//! What was found out about kernels, kept in the user's cache folder.

use crate::{binary::File, kernel::Kernel};
use anyhow::{Context, Result};
use etcetera::BaseStrategy;
use sha2::{Digest, Sha256};
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    time::{Duration, Instant, SystemTime},
};

/// So many kernels are kept: those that were asked for last.
const KERNELS: usize = 16;

/// The kernel, taken from the cache, or found out and put there.
pub fn kernel(
    file: &File,
    config: &str,
    find_out: impl FnOnce() -> Result<Kernel>,
) -> Result<Kernel> {
    let find_out = || {
        let start = Instant::now();
        let kernel = find_out()?;
        note(file.path(), start.elapsed());
        Ok(kernel)
    };
    let Some(path) = place(file, config) else {
        return find_out();
    };
    if let Some(kernel) = load(&path) {
        return Ok(kernel);
    }
    let kernel = find_out()?;
    // What changed while it was read is not kept. Without a cache it only takes longer.
    if file.is_as_opened() {
        let _ = keep(&kernel, &path);
    }
    Ok(kernel)
}

/// Says why it took so long, this time.
fn note(kernel: &Path, took: Duration) {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| {
        let kib = line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?;
        kib.parse::<u64>().ok()
    });
    eprintln!(
        "note: the kernel's code was read from {} in {:.1} s with {} MiB, and will be known next time",
        kernel.display(),
        took.as_secs_f32(),
        peak.unwrap_or_default() / 1024
    );
}

/// Named by all that the answer depends on: the kernel, its configuration, and this program.
fn place(file: &File, config: &str) -> Option<PathBuf> {
    let program = fs::read("/proc/self/exe").ok()?;
    let mut key = Sha256::new();
    for part in [
        file.id()?.as_slice(),
        config.as_bytes(),
        &Sha256::digest(program),
    ] {
        key.update((part.len() as u64).to_le_bytes());
        key.update(part);
    }
    let key: String = key
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let folders = etcetera::base_strategy::Xdg::new().ok()?;
    let folder = folders.cache_dir().join("notifier-chain/context-check");
    Some(folder.join(key.get(..32)?))
}

fn load(path: &Path) -> Option<Kernel> {
    let text = fs::read(path).ok()?;
    let kernel = serde_json::from_slice(&text).ok()?;
    // It was asked for: others go first.
    if let Ok(file) = fs::File::open(path) {
        let _ = file.set_modified(SystemTime::now());
    }
    Some(kernel)
}

/// Writes the file whole or not at all.
fn keep(kernel: &Kernel, path: &Path) -> Result<()> {
    let folder = path.parent().context("no folder")?;
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&serde_json::to_vec(kernel)?)?;
    file.persist(path)?;
    let mut kept = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        kept.push((entry.metadata()?.modified()?, entry.path()));
    }
    kept.sort();
    for (_, path) in kept.iter().rev().skip(KERNELS) {
        fs::remove_file(path)?;
    }
    Ok(())
}
