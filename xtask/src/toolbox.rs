// SPDX-License-Identifier: GPL-2.0

//! The toolbox: a small Debian root that holds every program which builds and boots kernels, so that the machine outside
//! needs none of them.

use crate::{
    cache::{self, Cache},
    host::{self, User},
    progress::{Counted, Step, Steps},
};
use anyhow::{ensure, Context, Result};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

const SUITE: &str = "trixie";

/// rustc and rust-src are a matching pair that the kernel's `rust/` is built with; the rest is what its build, the
/// guests and the tests call.
const PACKAGES: &[&str] = &[
    "rustc", "rust-src", "rustfmt", "rust-clippy", "bindgen", "clang", "lld", "llvm", // compilers
    "make", "bc", "flex", "bison", "libelf-dev", "libssl-dev", "gcc", "libc6-dev", "python3", // the kernel's build
    "kmod", "cpio", "xz-utils", "zstd", "busybox-static", // archives and initramfs
    "qemu-system-x86", "tshark", "netcat-openbsd", // guests and what listens to them
];

/// The kernel's source comes from the suite's backports. The suite's own first line says from where: no mirror's name has
/// to be known here.
const ADD_BACKPORTS: &str = r#"sed -n '/ trixie /{s/ trixie / trixie-backports /p;q}' "$1"/etc/apt/sources.list > "$1"/etc/apt/sources.list.d/backports.list"#;

/// The newest kernel source there is today: pinning one would break once it is replaced.
const ADD_KERNEL_SOURCE: &str = r#"chroot "$1" sh -ec '
newest=$(apt-cache search --names-only "^linux-source-[0-9.]+$" | cut -d" " -f1 | sort -V | tail -n1)
apt-get install --yes --no-install-recommends -t trixie-backports "$newest"
dpkg-query -W > /packages'"#;

/// Nobody reads manuals in there.
const LEFT_OUT: [&str; 4] = ["doc", "man", "info", "locale"];

const INSTALLED: Counted = Counted { what: "packages", is_one: |line| line.starts_with("Setting up ") };

pub struct Toolbox {
    /// The toolbox's `/` as seen from outside.
    root: PathBuf,
    /// The start of every command: bubblewrap and its arguments; empty for the machine's own programs.
    enter: Vec<String>,
    rust_lib_src: PathBuf,
    /// The installed packages, one `name<TAB>version` a line.
    packages: String,
}

impl Toolbox {
    /// The toolbox, made first when it is missing.
    pub fn ready(cache: &Cache, steps: &mut Steps) -> Result<Toolbox> {
        host::check_system()?;
        let user = User::current()?;
        let recipe = [&[SUITE, ADD_BACKPORTS, ADD_KERNEL_SOURCE], &LEFT_OUT[..], PACKAGES].concat();
        let name = format!("toolbox-{}", cache::key(&recipe));
        let root = cache.path(&name);
        if root.is_dir() {
            steps.skip();
            return Toolbox::open(cache, root, &user);
        }
        let _lock = cache.lock("toolbox")?;
        if root.is_dir() {
            steps.skip();
            return Toolbox::open(cache, root, &user);
        }
        let mut step = steps.begin("toolbox")?;
        host::prepare(&user, &mut step)?;
        check_bubblewrap(&user)?;
        let unfinished = cache.empty(&format!("{name}.unfinished"))?;
        make(&unfinished, &user, &mut step)?;
        fs::rename(unfinished.join("root"), &root).context("cannot move the toolbox to where it belongs")?;
        step.done();
        Toolbox::open(cache, root, &user)
    }
}
