// SPDX-License-Identifier: GPL-2.0

//! The folder that outlives every checkout: `notifier-chain` in the user's cache folder.

use crate::make_folder;
use anyhow::{bail, ensure, Context, Result};
use etcetera::BaseStrategy;
use fs4::{FileExt, TryLockError};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File},
    io::ErrorKind,
    path::{Path, PathBuf},
};

pub struct Cache {
    root: PathBuf,
}

/// Held while one thing in the cache is being made; a second run that needs the same thing waits
/// for it.
pub struct Lock {
    _file: File,
}

impl Cache {
    /// `$XDG_CACHE_HOME/notifier-chain`, or `~/.cache/notifier-chain`.
    pub fn open() -> Result<Cache> {
        let folders = etcetera::base_strategy::Xdg::new().context(
            "no home folder: set HOME, or XDG_CACHE_HOME for the toolbox and the kernels",
        )?;
        Cache::in_folder(folders.cache_dir().join("notifier-chain"))
    }

    fn in_folder(root: PathBuf) -> Result<Cache> {
        make_folder::check(&root)
            .and_then(|_| Ok(fs::create_dir_all(&root)?))
            .with_context(|| {
                format!(
                    "cannot make the cache folder {}; another one: set XDG_CACHE_HOME",
                    root.display()
                )
            })?;
        Ok(Cache { root })
    }

    #[cfg(test)]
    pub fn at(root: &Path) -> Cache {
        let root = root.to_owned();
        Cache { root }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A path inside the cache.
    pub fn path(&self, inside: &str) -> PathBuf {
        self.root.join(inside)
    }

    /// The folders in the cache.
    pub fn folders(&self) -> Result<Vec<PathBuf>> {
        let entries = fs::read_dir(&self.root)
            .with_context(|| format!("cannot read {}", self.root.display()))?;
        let mut folders = Vec::new();
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            }
        }
        folders.sort();
        Ok(folders)
    }

    /// Calls `make` with an empty folder, `NAME.unfinished`, where it makes something and from where it renames it to
    /// where it counts. Then the folder is removed, also if `make` fails. Call it with the lock held: what an
    /// interrupted run left there goes away.
    pub fn unfinished<T>(&self, name: &str, make: impl FnOnce(&Path) -> Result<T>) -> Result<T> {
        let path = self.path(&format!("{name}.unfinished"));
        remove(&path)?;
        fs::create_dir_all(&path).with_context(|| format!("cannot make {}", path.display()))?;
        let made = make(&path);
        let removed = remove(&path);
        // The first error is the one that tells what is wrong.
        let made = made?;
        removed?;
        Ok(made)
    }
}

impl Lock {
    /// Waits until no other run holds it.
    pub fn wait(path: &Path) -> Result<Lock> {
        if let Some(lock) = Lock::if_free(path)? {
            return Ok(lock);
        }
        eprintln!("waiting until no other has {}", path.display());
        let cannot = || format!("cannot lock {}", path.display());
        let file = File::create(path).with_context(cannot)?;
        FileExt::lock(&file).with_context(cannot)?;
        Ok(Lock { _file: file })
    }

    /// Takes it, unless another run holds it.
    pub fn if_free(path: &Path) -> Result<Option<Lock>> {
        let cannot = || format!("cannot lock {}", path.display());
        let file = File::create(path).with_context(cannot)?;
        match FileExt::try_lock(&file) {
            Ok(()) => Ok(Some(Lock { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error).with_context(cannot),
        }
    }
}

/// Removes a folder, if it is there.
pub fn remove(path: &Path) -> Result<()> {
    let mounts =
        fs::read_to_string("/proc/self/mountinfo").context("cannot read /proc/self/mountinfo")?;
    // Removing through a mount would remove what is mounted, for example the machine's /dev.
    if let Some(mount) = mount_below(path, &mounts) {
        bail!("{mount} is still mounted; unmount it (sudo umount {mount}) and run this again");
    }
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

fn mount_below<'a>(path: &Path, mountinfo: &'a str) -> Option<&'a str> {
    mountinfo
        .lines()
        .filter_map(|line| line.split(' ').nth(4))
        .find(|mount| Path::new(mount).starts_with(path))
}

/// Says so when a folder's disk has less than `gigabytes` left, before long work ends in "No space
/// left on device".
pub fn need_space(folder: &Path, gigabytes: f64, what: &str) -> Result<()> {
    let bytes = fs4::available_space(folder)
        .with_context(|| format!("cannot ask how full {} is", folder.display()))?;
    let free = bytes as f64 / 1e9;
    ensure!(
        free >= gigabytes,
        "{what}: {gigabytes} GB are needed in {}, where {free:.1} GB are free; make room, or point \
         XDG_CACHE_HOME (TMPDIR for temporary files) to another disk",
        folder.display()
    );
    Ok(())
}

/// A short name for what is made from `parts`: other parts, another name.
pub fn key(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        // The length keeps ["ab", "c"] and ["a", "bc"] apart.
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hash.finalize()
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_tells_parts_apart() {
        assert_eq!(key(&["ab", "c"]), key(&["ab", "c"]));
        assert_ne!(key(&["ab", "c"]), key(&["a", "bc"]));
        assert_ne!(key(&["ab", "c"]), key(&["ab", "d"]));
        assert_eq!(key(&["ab"]).len(), 12);
    }

    #[test]
    fn a_cache_that_no_kernel_could_be_built_in_is_not_made() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("a b/notifier-chain");
        let error = Cache::in_folder(root).map(drop).unwrap_err();
        let error = format!("{error:#}");
        assert!(
            error.contains("set XDG_CACHE_HOME") && error.contains("' '"),
            "{error}"
        );
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
    }

    #[test]
    fn nothing_unfinished_is_left() {
        let place = tempfile::tempdir().unwrap();
        let cache = Cache::at(place.path());
        let done = cache.path("done");
        let error = cache
            .unfinished("a", |folder| -> Result<()> {
                fs::write(folder.join("half"), "")?;
                bail!("no room")
            })
            .unwrap_err();
        assert_eq!(error.to_string(), "no room");
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
        cache
            .unfinished("a", |folder| Ok(fs::rename(folder, &done)?))
            .unwrap();
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_mount_below_is_found() {
        let mountinfo = "22 27 0:21 / /proc rw - proc proc rw\n\
                         23 27 0:22 / /cache/new/dev rw - devtmpfs dev rw\n";
        assert_eq!(
            mount_below(Path::new("/cache/new"), mountinfo),
            Some("/cache/new/dev")
        );
        assert_eq!(mount_below(Path::new("/cache/ne"), mountinfo), None);
    }

    #[test]
    fn space_that_no_disk_has_is_missing() {
        let error = need_space(Path::new("/"), 1e9, "a kernel")
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("a kernel: 1000000000 GB are needed in /"),
            "{error}"
        );
    }
}
