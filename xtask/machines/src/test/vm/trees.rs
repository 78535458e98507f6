// SPDX-License-Identifier: GPL-2.0

//! Kernel trees in the layouts of the distributions that ship the Rust metadata: a driver is built against each, and
//! sees nothing else of the kernel. No test takes the distributions' own packages.
//!
//! The kernel's packaging script `install-extmod-build` leaves `rust/` out. The distributions add `rust/*.rmeta` and
//! `rust/*.so`: Arch's package `linux-headers` and Fedora's `kernel-devel` beside the headers, Ubuntu's
//! `linux-lib-rust` in a folder of its own, to which a link beside the headers leads.
//!
//! The trees here have what all of these packages have. So they lack `rust/Makefile`, which `kernel-devel` and Ubuntu's
//! `linux-headers` carry, and `rust/kernel/generated_*.rs`, which `linux-lib-rust` carries.

use super::driver;
use crate::{
    kernel::{Flavour, Kernel},
    modules, new,
    run::vermagic,
    test::{
        limited,
        pool::{Job, Needs},
        report::Report,
        splat, Bench,
    },
};
use anyhow::{ensure, Context, Result};
use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    time::Duration,
};

/// The tests, by name, and the kernel whose tree is cut down.
pub const TESTS: [(&str, Flavour); 2] = [
    ("tree-of-fedora-and-arch", Flavour::LEAN),
    ("tree-of-ubuntu", Flavour::DEBIAN),
];

/// Headers are copied.
const COPY: Duration = Duration::from_secs(60);

pub fn jobs<'a>(bench: &'a Bench<'a>, report: &'a Report) -> Vec<Job<'a>> {
    let [(packaged, _), (linked, _)] = TESTS;
    let job = |name: &str, needs: Needs, test: fn(&Bench<'_>) -> Result<()>| {
        let name = format!("vm/{name}");
        let estimate = bench.estimate(&name, Duration::from_secs(30));
        Job::new(needs, estimate, move || report.test(&name, || test(bench)))
    };
    vec![
        job(packaged, driver::NEEDS, fedora_and_arch),
        job(linked, Needs::PROGRAM, ubuntu),
    ]
}

/// A kernel built by Clang. The driver is loaded, too.
fn fedora_and_arch(bench: &Bench<'_>) -> Result<()> {
    let place = tempfile::tempdir()?;
    let kernel = &bench.target(Flavour::LEAN)?.kernel;
    let release = kernel.release()?;
    let tree = place.path().join("usr/src/kernels").join(&release);

    // As the kernel's own kernel.spec calls the script.
    let mut make = bench
        .toolbox
        .command_reading("make", &[&kernel.source, &kernel.kdir]);
    make.arg("-C").arg(&kernel.kdir);
    make.args(&kernel.make_arguments).arg("run-command");
    make.arg(format!(
        "KBUILD_RUN_COMMAND=${{srctree}}/scripts/package/install-extmod-build {}",
        tree.display()
    ));
    limited::run(&mut make, COPY)?;
    share(&kernel.kdir.join(".config"), &tree.join(".config"))?;
    ship_metadata(kernel, &tree.join("rust"))?;

    let module = build(bench, kernel, place.path(), &release, &tree)?;
    let mut machine = driver::boot(bench, kernel, module, "good")?;
    machine.expect("new_driver: heard that the machine goes down: PowerOff")?;
    machine.wait_off()?;
    splat::none_in(&machine.lines())
}

/// A kernel built by GCC. Ubuntu's scripts make one tree of links, where Debian's packages have two that know of each
/// other.
fn ubuntu(bench: &Bench<'_>) -> Result<()> {
    let place = tempfile::tempdir()?;
    let kernel = &bench.target(Flavour::DEBIAN)?.kernel;
    let release = kernel.release()?;
    let sources = place.path().join("usr/src");
    let tree = sources.join(format!("linux-headers-{release}"));
    fs::create_dir_all(&tree)?;

    // Without Debian's .kernelvariables, which names compilers, and without vmlinux.
    let script = format!(
        "headers=/usr/src/linux-headers-{release}\n\
         common=$(sed -n 's|^include \\(.*\\)/Makefile$|\\1|p' $headers/Makefile)\n\
         cp -RLs $common/. {tree}\n\
         cp -RLs $headers/arch $headers/include $headers/.config $headers/Module.symvers {tree}",
        tree = tree.display()
    );
    let mut sh = bench.toolbox.command("sh");
    limited::run(sh.args(["-exc", &script]), COPY)?;
    let target = Path::new("scripts/target.json");
    if kernel.kdir.join(target).exists() {
        share(&kernel.kdir.join(target), &tree.join(target))?;
    }
    let metadata = format!("linux-lib-rust-{release}/rust");
    ship_metadata(kernel, &sources.join(&metadata))?;
    symlink(Path::new("..").join(&metadata), tree.join("rust"))?;

    build(bench, kernel, place.path(), &release, &tree).map(drop)
}

/// What all of these distributions ship of the folder `rust`.
fn ship_metadata(kernel: &Kernel, to: &Path) -> Result<()> {
    let from = kernel.kdir.join("rust");
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(&from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let path = entry.path();
        let is_shipped = path
            .extension()
            .is_some_and(|end| end == "rmeta" || end == "so");
        if is_shipped {
            share(&path, &to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// Gives a file a second name, or where it cannot have one, copies it.
fn share(from: &Path, to: &Path) -> Result<()> {
    fs::hard_link(from, to)
        .or_else(|_| fs::copy(from, to).map(drop))
        .with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))
}

/// Builds the driver against an installed copy of the library, with nothing else of the kernel than `tree`. Gives the
/// module, which is for this kernel.
fn build(
    bench: &Bench<'_>,
    kernel: &Kernel,
    place: &Path,
    release: &str,
    tree: &Path,
) -> Result<PathBuf> {
    let modules = place.join("lib/modules").join(release);
    fs::create_dir_all(&modules)?;
    let kdir = modules.join("build");
    symlink(tree, &kdir)?;
    let installed = driver::install(bench.toolbox, place)?;
    let folder = new::write(&place.join("new-driver"), None, &installed)?;

    let empty = place.join("empty");
    fs::create_dir(&empty)?;
    let hidden: Vec<_> = [&kernel.source, &kernel.kdir]
        .into_iter()
        // A place that is hidden is made where it is missing.
        .filter(|folder| folder.exists())
        .map(|folder| (empty.clone(), folder.clone()))
        .collect();
    let mut make = bench.toolbox.command_in("make", &hidden);
    make.arg("-C").arg(&folder);
    make.arg(format!("KDIR={}", kdir.display()));
    limited::run(make.arg("CONTEXT_CHECK=n"), driver::BUILD)?;

    let module = folder.join("new_driver.ko");
    let theirs = match kernel.drivers.first() {
        Some(driver) => driver.clone(),
        None => modules::of_kernel(kernel, "netconsole")?,
    };
    let (is, should) = (
        vermagic(bench.toolbox, &module)?,
        vermagic(bench.toolbox, &theirs)?,
    );
    ensure!(
        is == should,
        "the module is for {is:?}, the kernel's own are for {should:?}"
    );
    Ok(module)
}
