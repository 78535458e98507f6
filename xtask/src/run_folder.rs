// SPDX-License-Identifier: GPL-2.0

//! A folder for the logs of one run. Two runs never share a file, and the latest few are kept to be read.

use crate::{cache, project};
use anyhow::{Context, Result};
use fs4::FileExt;
use std::{
    fs::{self, File},
    io::ErrorKind,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process,
    time::{SystemTime, UNIX_EPOCH},
};

/// How many runs of a command are kept besides those that go on.
const KEPT: usize = 5;

/// What is of use only as long as the run goes on.
const TEMPORARY: &str = "temporary";

pub struct RunFolder {
    path: PathBuf,
    /// Locked for as long as the run goes on.
    _lock: File,
}

impl RunFolder {
    /// A new folder in `target/runs/<command>`, to which `latest` there leads.
    pub fn new(command: &str) -> Result<RunFolder> {
        RunFolder::below(&project().join("target/runs").join(command))
    }

    fn below(runs: &Path) -> Result<RunFolder> {
        fs::create_dir_all(runs).with_context(|| format!("cannot make {}", runs.display()))?;
        let (name, path) = new_folder(runs)?;
        let lock = lock_file(&path)?;
        FileExt::lock(&lock).with_context(|| format!("cannot lock {}", path.display()))?;
        let folder = RunFolder { path, _lock: lock };
        folder.is_latest(runs, &name)?;
        remove_old(runs)?;
        Ok(folder)
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A folder in it that is gone after the run.
    pub fn temporary(&self) -> Result<PathBuf> {
        let path = self.path.join(TEMPORARY);
        fs::create_dir_all(&path).with_context(|| format!("cannot make {}", path.display()))?;
        Ok(path)
    }

    fn is_latest(&self, runs: &Path, name: &str) -> Result<()> {
        let link = self.path.join("latest");
        symlink(name, &link)
            .and_then(|()| fs::rename(&link, runs.join("latest")))
            .with_context(|| format!("cannot make a link in {}", runs.display()))
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(self.path.join(TEMPORARY));
    }
}

/// Makes a folder that no other run has made.
fn new_folder(runs: &Path) -> Result<(String, PathBuf)> {
    loop {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
        // Sorted by name, they are sorted by time.
        let name = format!("{:013}-{}", now.as_millis(), process::id());
        let path = runs.join(&name);
        match fs::create_dir(&path) {
            // It is of the same millisecond.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
            made => made.with_context(|| format!("cannot make {}", path.display()))?,
        }
        return Ok((name, path));
    }
}

fn lock_file(run: &Path) -> Result<File> {
    let path = run.join("lock");
    File::create(&path).with_context(|| format!("cannot write {}", path.display()))
}

/// Removes the runs that are over, but for the latest.
fn remove_old(runs: &Path) -> Result<()> {
    let entries = fs::read_dir(runs).with_context(|| format!("cannot read {}", runs.display()))?;
    let mut over: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|run| run.join("lock").exists() && !run.is_symlink() && !goes_on(run))
        .collect();
    over.sort();
    for run in &over {
        // An interrupted run has left it.
        cache::remove(&run.join(TEMPORARY))?;
    }
    for run in &over[..over.len().saturating_sub(KEPT)] {
        cache::remove(run)?;
    }
    Ok(())
}

fn goes_on(run: &Path) -> bool {
    File::open(run.join("lock")).is_ok_and(|file| FileExt::try_lock(&file).is_err())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::tempdir;

    #[test]
    fn the_latest_runs_and_those_that_go_on_are_kept() {
        let runs = tempdir().unwrap();
        let first = RunFolder::below(runs.path()).unwrap();
        let mut paths = Vec::new();
        for nth in 0..KEPT + 3 {
            let old = runs.path().join(format!("{nth:013}-1"));
            fs::create_dir(&old).unwrap();
            lock_file(&old).unwrap();
            paths.push(old);
        }
        let second = RunFolder::below(runs.path()).unwrap();
        assert!(first.path().exists() && second.path().exists());
        let left: Vec<_> = paths.iter().filter(|path| path.exists()).collect();
        assert_eq!(left, paths[3..].iter().collect::<Vec<_>>());
        let latest = runs.path().join("latest").canonicalize().unwrap();
        assert_eq!(latest, second.path().canonicalize().unwrap());
    }
}
