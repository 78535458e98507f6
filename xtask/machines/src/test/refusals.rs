// SPDX-License-Identifier: GPL-2.0

//! What `make` says where it cannot build: one sentence that tells what to do, and nothing is made.

use super::limited;
use crate::project;
use anyhow::{ensure, Context, Result};
use std::{fs, path::Path, process::Command, time::Duration};

const MAKE: Duration = Duration::from_secs(30);

/// A kernel tree that cannot serve.
struct Tree {
    name: &'static str,
    /// Its configuration, if it has one, without the compilers.
    config: Option<&'static str>,
    /// With metadata: the first digit of the rustc version in it. That of rustc itself is 1.
    metadata: Option<u8>,
    rustc: Option<&'static str>,
    cc: &'static str,
    arguments: &'static [&'static str],
    says: &'static str,
}

const GOOD: Tree = Tree {
    name: "good",
    config: Some("CONFIG_RUST=y\nCONFIG_64BIT=y\n"),
    metadata: Some(b'1'),
    rustc: None,
    cc: "gcc (any)",
    arguments: &[],
    says: "",
};

const TREES: [Tree; 14] = [
    Tree {
        name: "not-configured",
        config: None,
        says: "this kernel is not configured yet; build it first",
        ..GOOD
    },
    Tree {
        name: "no-rust",
        config: Some("CONFIG_64BIT=y\n"),
        says: "this kernel has no Rust support; build one with CONFIG_RUST=y",
        ..GOOD
    },
    Tree {
        name: "32-bit",
        config: Some("CONFIG_RUST=y\nCONFIG_ARM=y\n"),
        says: "this kernel is 32-bit or big-endian, for which notifier-chain was never tried",
        ..GOOD
    },
    Tree {
        name: "big-endian",
        config: Some("CONFIG_RUST=y\nCONFIG_64BIT=y\nCONFIG_CPU_BIG_ENDIAN=y\n"),
        says: "this kernel is 32-bit or big-endian, for which notifier-chain was never tried",
        ..GOOD
    },
    Tree {
        name: "modversions",
        config: Some("CONFIG_RUST=y\nCONFIG_64BIT=y\nCONFIG_MODVERSIONS=y\n"),
        says: "this kernel has CONFIG_MODVERSIONS without GENDWARFKSYMS",
        ..GOOD
    },
    Tree {
        name: "headers-only",
        metadata: None,
        says: "scripts/rust-metadata 7.3.0-test",
        ..GOOD
    },
    Tree {
        name: "headers-of-ubuntu",
        metadata: None,
        says: "install linux-lib-rust-7.3.0-test;",
        ..GOOD
    },
    Tree {
        name: "another-rustc",
        rustc: Some("rustc 1.0.0 (another)"),
        says: "this kernel was built by \"rustc 1.0.0 (another)\", but rustc is \"",
        ..GOOD
    },
    Tree {
        name: "metadata-of-another-rustc",
        metadata: Some(b'0'),
        says: "its Rust metadata was made by \"rustc 0.",
        ..GOOD
    },
    Tree {
        name: "no-rustc",
        arguments: &["RUSTC=nosuch-rustc"],
        says: "nosuch-rustc: there is no such compiler here",
        ..GOOD
    },
    Tree {
        name: "no-gcc",
        cc: "nosuch-gcc-99 (Debian 99) 99",
        says: "nosuch-gcc-99: there is no such compiler here; this kernel was built by \"nosuch-gcc-99 (Debian 99) 99\"",
        ..GOOD
    },
    Tree {
        name: "another-gcc",
        config: Some("CONFIG_RUST=y\nCONFIG_64BIT=y\nCONFIG_CC_IS_GCC=y\nCONFIG_GCC_VERSION=990000\n"),
        says: "but this kernel was built by \"gcc (any)\": install that",
        ..GOOD
    },
    Tree {
        name: "no-clang",
        config: Some("CONFIG_RUST=y\nCONFIG_64BIT=y\nCONFIG_CC_IS_CLANG=y\n"),
        arguments: &["LLVM=/nosuch/"],
        says: "/nosuch/clang: there is no such compiler here",
        ..GOOD
    },
    Tree {
        name: "no-bindgen",
        arguments: &["BINDGEN=nosuch-bindgen"],
        says: "nosuch-bindgen: there is no such program here; install bindgen",
        ..GOOD
    },
];

pub fn run() -> Result<()> {
    let place = tempfile::tempdir()?;
    let metadata = metadata(place.path())?;
    for tree in &TREES {
        let kdir = place.path().join(tree.name);
        tree.write(&kdir, &metadata)?;
        let kdir = format!("KDIR={}", kdir.display());
        refused(make(&[&kdir]).args(tree.arguments), tree.says).context(tree.name)?;
    }
    refused(
        &mut make(&["KDIR=/nosuch"]),
        "there is no kernel build tree; give one with KDIR=",
    )?;
    const SPACES: &str = "the kernel's build takes no folder with spaces in its name";
    refused(
        &mut make(&["KDIR=/no such"]),
        &format!("KDIR=/no such: {SPACES}"),
    )?;
    refused(
        &mut make(&["MO=/no such"]),
        &format!("MO=/no such: {SPACES}"),
    )?;
    let ours = place.path().join("a clone");
    fs::create_dir(&ours)?;
    for name in [
        "Makefile",
        "Makefile.checks",
        "Makefile.context-check",
        "Makefile.crates",
    ] {
        fs::copy(project().join(name), ours.join(name))?;
    }
    refused(make(&[]).arg("-C").arg(&ours), SPACES)?;
    install(place.path())
}

/// `make install` takes the place of nothing but an older copy.
fn install(place: &Path) -> Result<()> {
    let folder = place.join("crate/src");
    fs::create_dir_all(&folder)?;
    let file = folder.join("lib.rs");
    fs::write(&file, "")?;
    let crates = format!("STATIC_ASSERTIONS={}", file.display());
    let into = |name: &str| {
        let to = format!("DESTDIR={}/{name}", place.display());
        make(&["install", &to, &crates])
    };
    refused(&mut into("a b"), "takes no folder with spaces in its name")?;
    ensure!(!place.join("a").exists(), "something was made");
    refused(
        &mut make(&["install", "DESTDIR=/proc", &crates]),
        "cannot write there; install as root, or elsewhere with prefix= or DESTDIR=",
    )?;
    let theirs = place.join("theirs/usr/src/notifier-chain/precious");
    fs::create_dir_all(&theirs)?;
    refused(
        &mut into("theirs"),
        "this folder is no copy of notifier-chain; move it away",
    )?;
    ensure!(theirs.exists(), "the user's folder is gone");
    // A clone is no copy, either.
    let clone = place.join("clone/usr/src/notifier-chain");
    fs::create_dir_all(clone.join(".git"))?;
    fs::create_dir_all(clone.join("static_assertions"))?;
    refused(
        &mut into("clone"),
        "this folder is no copy of notifier-chain; move it away",
    )?;
    for _ in 0..2 {
        limited::run(&mut into("new"), MAKE)?;
    }
    let installed = place.join("new/usr/src");
    let names: Vec<_> = fs::read_dir(&installed)?.collect::<Result<_, _>>()?;
    ensure!(names.len() == 1, "more than one folder is there: {names:?}");
    let script = installed.join("notifier-chain/scripts/rust-metadata");
    ensure!(script.exists(), "{} is not there", script.display());
    Ok(())
}

fn make(arguments: &[&str]) -> Command {
    let mut make = Command::new("make");
    make.arg("-C").arg(project()).arg("CONTEXT_CHECK=n");
    // What an environment may say besides.
    for variable in ["ARCH", "BINDGEN", "CC", "LLVM", "MAKEFLAGS", "RUSTC"] {
        make.env_remove(variable);
    }
    make.args(arguments);
    make
}

/// The metadata of a crate without anything in it.
fn metadata(place: &Path) -> Result<Vec<u8>> {
    let (source, made) = (place.join("kernel.rs"), place.join("libkernel.rmeta"));
    fs::write(&source, "")?;
    let mut rustc = Command::new("rustc");
    rustc.args(["--crate-type", "lib", "--emit", "metadata", "-o"]);
    limited::run(rustc.arg(&made).arg(&source), MAKE)?;
    Ok(fs::read(made)?)
}

/// The same, with another first digit in the version of rustc that made it.
fn of_version(metadata: &[u8], digit: u8) -> Result<Vec<u8>> {
    const BEFORE: &[u8] = b"rustc ";
    let mut windows = metadata.windows(BEFORE.len());
    let at = windows.position(|window| window == BEFORE);
    let mut changed = metadata.to_vec();
    changed[at.context("no version of rustc")? + BEFORE.len()] = digit;
    Ok(changed)
}

fn refused(make: &mut Command, says: &str) -> Result<()> {
    let (said, succeeds) = limited::run_any(make, MAKE)?;
    let is_one = said.matches(": *** ").count() == 1;
    ensure!(
        !succeeds && is_one && said.contains(says),
        "does not say {says:?} alone:\n{said}"
    );
    Ok(())
}

impl Tree {
    fn write(&self, kdir: &Path, metadata: &[u8]) -> Result<()> {
        fs::create_dir_all(kdir.join("include/config"))?;
        fs::create_dir_all(kdir.join("rust"))?;
        fs::write(kdir.join("Makefile"), "")?;
        fs::write(kdir.join("include/config/kernel.release"), "7.3.0-test\n")?;
        if let Some(digit) = self.metadata {
            let file = kdir.join("rust/libkernel.rmeta");
            fs::write(file, of_version(metadata, digit)?)?;
        }
        let Some(config) = self.config else {
            return Ok(());
        };
        let rustc = match self.rustc {
            Some(rustc) => rustc.to_owned(),
            None => limited::run(Command::new("rustc").arg("--version"), MAKE)?,
        };
        let config = format!(
            "{config}CONFIG_RUSTC_VERSION_TEXT={}\nCONFIG_CC_VERSION_TEXT={}\n",
            rustc.trim(),
            self.cc
        );
        fs::write(kdir.join("include/config/auto.conf"), config)?;
        Ok(())
    }
}
