// SPDX-License-Identifier: GPL-2.0

//! What the machine itself must have before there is a toolbox.

use crate::progress::Step;
use anyhow::{bail, ensure, Context, Result};
use std::{
    env, fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::Command,
};

/// Where Debian keeps the keys that its packages are checked with; mmdebstrap needs them on whatever system it runs.
const KEYS: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

pub struct User {
    pub id: u32,
}

impl User {
    pub fn current() -> Result<User> {
        let id = fs::metadata("/proc/self").context("no /proc here: mount it")?.uid();
        Ok(User { id })
    }

    pub fn is_root(&self) -> bool {
        self.id == 0
    }
}

/// The toolbox is a tree of x86-64 Linux programs.
pub fn check_system() -> Result<()> {
    ensure!(
        cfg!(all(target_os = "linux", target_arch = "x86_64")),
        "this needs Linux on x86-64, and this is {} on {}: use such a machine, or a virtual one",
        env::consts::OS,
        env::consts::ARCH
    );
    Ok(())
}

/// A program's path, looked for where a shell would.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    // An ordinary user's PATH lacks the sbin folders.
    let folders = env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]);
    folders.map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// The Debian packages that making and entering the toolbox takes, as far as `has` (a program or a file) denies them.
fn missing_packages(user: &User, has: impl Fn(&str) -> bool) -> Vec<&'static str> {
    let mut needed = vec![("mmdebstrap", "mmdebstrap"), ("bwrap", "bubblewrap"), (KEYS, "debian-archive-keyring")];
    if !user.is_root() {
        needed.push(("newuidmap", "uidmap"));
    }
    needed.into_iter().filter(|(what, _)| !has(what)).map(|(_, package)| package).collect()
}

/// Whether `/etc/subuid` lends further user ids to the user, which the ordinary user's way of unpacking packages needs.
fn has_subuids(subuid: &str, name: &str, id: u32) -> bool {
    let id = id.to_string();
    subuid.lines().filter_map(|line| line.split(':').next()).any(|owner| owner == name || owner == id)
}

/// Sees to it that a toolbox can be made: installs what is missing where that is possible, else says everything that a
/// person has to do.
pub fn prepare(user: &User, step: &mut Step) -> Result<()> {
    let missing = missing_packages(user, |what| Path::new(what).is_file() || find(what).is_some());
    if user.is_root() {
        if missing.is_empty() {
            return Ok(());
        }
        ensure!(
            find("apt-get").is_some(),
            "missing on this machine: {}; install them with its package manager and run this again",
            missing.join(", ")
        );
        let mut apt = |arguments: &[&str]| {
            step.run(Command::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive").arg("--yes").args(arguments), None)
        };
        apt(&["update"])?;
        return apt(&[&["install", "--no-install-recommends"], &missing[..]].concat());
    }

    let mut todo = Vec::new();
    if !missing.is_empty() {
        todo.push(format!("sudo apt-get install --no-install-recommends {}", missing.join(" ")));
    }
    let name = name()?;
    for (file, option) in [("/etc/subuid", "--add-subuids"), ("/etc/subgid", "--add-subgids")] {
        if !has_subuids(&fs::read_to_string(file).unwrap_or_default(), &name, user.id) {
            todo.push(format!("sudo usermod {option} 100000-165535 {name}"));
        }
    }
    if !todo.is_empty() {
        bail!("an ordinary user's toolbox needs this first (then run this again):\n    {}", todo.join("\n    "));
    }
    Ok(())
}

fn name() -> Result<String> {
    let output = Command::new("id").arg("-un").output().context("cannot run id")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
