// SPDX-License-Identifier: GPL-2.0

//! What the machine itself must have before there is a toolbox.

use crate::progress::Step;
use anyhow::{bail, ensure, Context, Result};
use std::{
    env,
    ffi::OsString,
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::Command,
};

/// Where Debian keeps the keys that its packages are checked with; mmdebstrap needs them on
/// whatever system it runs.
const KEYS: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

pub struct User {
    pub id: u32,
}

impl User {
    pub fn current() -> Result<User> {
        let id = fs::metadata("/proc/self")
            .context("no /proc here: mount it")?
            .uid();
        Ok(User { id })
    }

    pub fn is_root(&self) -> bool {
        self.id == 0
    }

    fn name(&self) -> Result<String> {
        let output = Command::new("id")
            .arg("-un")
            .output()
            .context("cannot run id")?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

/// The toolbox is a tree of Linux programs for this machine.
pub fn check_system() -> Result<()> {
    ensure!(
        cfg!(all(
            target_os = "linux",
            any(target_arch = "x86_64", target_arch = "aarch64")
        )),
        "this needs Linux on x86-64 or arm64, and this is {} on {}: use such a machine, or a virtual one",
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
    folders
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}

/// The Debian packages that making and entering the toolbox takes, as far as `has` (a program or a
/// file) denies them.
fn missing_packages(user: &User, has: impl Fn(&str) -> bool) -> Vec<&'static str> {
    let mut needed = vec![
        ("mmdebstrap", "mmdebstrap"),
        ("bwrap", "bubblewrap"),
        (KEYS, "debian-archive-keyring"),
    ];
    if !user.is_root() {
        needed.push(("newuidmap", "uidmap"));
    }
    needed
        .into_iter()
        .filter(|(what, _)| !has(what))
        .map(|(_, package)| package)
        .collect()
}

/// Whether `/etc/subuid` or `/etc/subgid` lends further ids to the user: packages unpack files of
/// several owners.
fn has_lent_ids(table: &str, name: &str, id: u32) -> bool {
    let id = id.to_string();
    table
        .lines()
        .filter_map(|line| line.split(':').next())
        .any(|owner| owner == name || owner == id)
}

/// Sees to it that a toolbox can be made and entered: installs what is missing where that is
/// possible, else says everything that a person has to do.
pub fn prepare(user: &User, step: &mut Step) -> Result<()> {
    let missing = missing_packages(user, |what| {
        Path::new(what).is_file() || find(what).is_some()
    });
    if user.is_root() {
        install(&missing, step)?;
    } else {
        ask_for(&missing, user)?;
    }
    try_bubblewrap(user)
}

/// Installs packages where that is possible, else says what a person has to do.
pub fn install_or_ask(user: &User, missing: &[&str], step: &mut Step) -> Result<()> {
    if user.is_root() {
        return install(missing, step);
    }
    bail!(
        "missing here: {0}; install it with: sudo apt-get install {0}",
        missing.join(" ")
    )
}

fn install(missing: &[&str], step: &mut Step) -> Result<()> {
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    ensure!(
        find("apt-get").is_some(),
        "missing here: {names}; install them with this system's package manager and run this again"
    );
    for arguments in [
        &["update"][..],
        &[&["install", "--no-install-recommends"], missing].concat(),
    ] {
        step.run(
            Command::new("apt-get")
                .env("DEBIAN_FRONTEND", "noninteractive")
                .arg("--yes")
                .args(arguments),
            None,
        )?;
    }
    Ok(())
}

fn ask_for(missing: &[&str], user: &User) -> Result<()> {
    let mut todo = Vec::new();
    if !missing.is_empty() {
        todo.push(format!("sudo apt-get install {}", missing.join(" ")));
    }
    let name = user.name()?;
    for (file, option) in [
        ("/etc/subuid", "--add-subuids"),
        ("/etc/subgid", "--add-subgids"),
    ] {
        if !has_lent_ids(
            &fs::read_to_string(file).unwrap_or_default(),
            &name,
            user.id,
        ) {
            todo.push(format!("sudo usermod {option} 100000-165535 {name}"));
        }
    }
    ensure!(
        todo.is_empty(),
        "this needs something done first (then run it again):\n    {}",
        todo.join("\n    ")
    );
    Ok(())
}

/// bubblewrap, which enters the toolbox, and the arguments that this user needs. The network stays
/// the machine's; all processes end with the one that started them.
pub fn bubblewrap(user: &User) -> Result<Vec<OsString>> {
    let program = find("bwrap")
        .context("bubblewrap is missing; install it with: sudo apt-get install bubblewrap")?;
    let mut enter = vec![
        program.into(),
        "--unshare-pid".into(),
        "--die-with-parent".into(),
    ];
    if !user.is_root() {
        enter.extend(["--unshare-user", "--uid", "0", "--gid", "0"].map(Into::into));
    }
    Ok(enter)
}

/// A program that has all users that the files of a Debian root belong to, and is root among them.
pub fn with_all_users(user: &User, program: &str) -> Command {
    if user.is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--map-auto", "--", program]);
    command
}

/// A program of a Debian root, run by that root's administrator. It has the machine's network, and sees `shared` as
/// `/mnt`.
pub fn in_root(user: &User, root: &Path, shared: &Path, program: &str) -> Result<Command> {
    // Among all users it is root who enters.
    let enter = bubblewrap(&User { id: 0 })?;
    let mut command = with_all_users(user, &enter[0].to_string_lossy());
    command.args(&enter[1..]).args(["--cap-add", "ALL"]);
    command.arg("--bind").arg(root).arg("/");
    command.args(["--proc", "/proc", "--dev", "/dev"]);
    command
        .arg("--bind")
        .arg(shared)
        .args(["/mnt", "--", program]);
    command.env_clear().envs([
        ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"),
        ("HOME", "/root"),
        ("LC_ALL", "C"),
        ("DEBIAN_FRONTEND", "noninteractive"),
    ]);
    Ok(command)
}

/// Tries whether the toolbox can be entered here, before long work ends at that door.
fn try_bubblewrap(user: &User) -> Result<()> {
    let enter = bubblewrap(user)?;
    let output = Command::new(&enter[0])
        .args(&enter[1..])
        .args([
            "--bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "true",
        ])
        .output()
        .context("cannot start bubblewrap")?;
    ensure!(
        output.status.success(),
        "this machine forbids the namespaces that the toolbox runs in ({}).\n\
         Allow them (on some systems: sudo sysctl -w kernel.unprivileged_userns_clone=1, or \
         kernel.apparmor_restrict_unprivileged_userns=0; in a container: --privileged), or bring \
         a kernel of your own with --kdir",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: User = User { id: 0 };
    const USER: User = User { id: 1000 };

    #[test]
    fn all_that_is_missing_is_named_at_once() {
        assert_eq!(missing_packages(&ROOT, |_| true), [""; 0]);
        assert_eq!(
            missing_packages(&ROOT, |_| false),
            ["mmdebstrap", "bubblewrap", "debian-archive-keyring"]
        );
        assert_eq!(
            missing_packages(&USER, |what| what != "bwrap" && what != "newuidmap"),
            ["bubblewrap", "uidmap"]
        );
    }

    #[test]
    fn lent_ids_go_by_name_or_number() {
        assert!(has_lent_ids(
            "other:100000:65536\nme:165536:65536\n",
            "me",
            1000
        ));
        assert!(has_lent_ids("1000:100000:65536\n", "me", 1000));
        assert!(!has_lent_ids("mean:100000:65536\n10001:1:1\n", "me", 1000));
        assert!(!has_lent_ids("", "me", 1000));
    }

    #[test]
    fn programs_are_found_in_path() {
        assert!(find("sh").is_some());
        assert!(find("no-such-program-anywhere").is_none());
    }
}
