// SPDX-License-Identifier: GPL-2.0

//! The driver that `cargo xtask new` writes, exactly as it comes: built outside of this repository,
//! loaded, and heard.

use crate::{
    initramfs,
    kernel::{Flavour, Kernel},
    machine::{Machine, AFTER_NOTIFIERS},
    modules, new, pace, project,
    run::Guest,
    test::{
        limited,
        pool::{Job, Needs},
        report::Report,
        splat, Bench,
    },
    toolbox::Toolbox,
};
use anyhow::{ensure, Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

/// The library and one small object are compiled.
pub const BUILD: Duration = Duration::from_secs(180);

const MACHINE: Duration = Duration::from_secs(60);

/// The tests, by name, and the kernel that they boot.
pub const TESTS: [(&str, Flavour); 3] = [
    ("new-driver", Flavour::LEAN),
    ("new-driver-installed", Flavour::LEAN),
    (WITH_OURS, Flavour::LEAN),
];

/// The one that takes a module of this project, too.
pub const WITH_OURS: &str = "run";

pub fn jobs<'a>(bench: &'a Bench<'a>, report: &'a Report) -> Vec<Job<'a>> {
    let [(checked_out, _), (installed, _), (run, _)] = TESTS;
    let job = |name: &str, test: fn(&Bench<'_>) -> Result<()>| {
        let name = format!("vm/{name}");
        Job::new(
            NEEDS,
            bench.estimate(&name, Duration::from_secs(40)),
            move || report.test(&name, || test(bench)),
        )
    };
    vec![
        job(checked_out, plain_make),
        job(installed, dkms),
        job(run, as_the_docs_say),
    ]
}

/// A compiler, and then a small machine.
pub const NEEDS: Needs = Needs {
    cpus: 1,
    memory_mib: 768,
};

/// `cargo xtask run`, from its command line on: a driver crashes with a machine, and one that is not
/// there is not loaded.
fn as_the_docs_say(bench: &Bench<'_>) -> Result<()> {
    let place = tempfile::tempdir()?;
    let folder = new::write(&place.path().join("new-driver"), None, project())?;
    make(bench, &folder)?;
    let run = |words: &[&str]| {
        let mut xtask = Command::new("/proc/self/exe");
        xtask.current_dir(&folder).arg("run");
        xtask.args(["--limit", &pace::limit(MACHINE).as_secs().to_string()]);
        xtask.args(words);
        limited::run_any(&mut xtask, MACHINE)
    };
    let wanted = "panic_notifiers=new_driver,it's";
    let (said, is_well) = run(&["new_driver.ko", wanted, "--then", "sleep 2; crash"])?;
    for line in [
        "no panic handler is called it's",
        "new_driver: heard of a panic: sysrq triggered crash",
    ] {
        ensure!(said.contains(line) && is_well, "no `{line}` in\n{said}");
    }
    for (command, action) in [
        ("reboot", "Restart"),
        ("halt", "Halt"),
        ("poweroff", "PowerOff"),
    ] {
        let (said, is_well) = run(&["new_driver.ko", "--then", command])?;
        let line = format!("new_driver: heard that the machine goes down: {action}");
        ensure!(said.contains(&line) && is_well, "no `{line}` in\n{said}");
    }
    let (said, is_well) = run(&["new_driver.ko", "--then", "rmmod nosuch"])?;
    ensure!(
        !is_well && said.contains("error: a command in the machine failed"),
        "what fails in the machine is not told\n{said}"
    );
    let (said, is_well) = run(&["--kernel", "debian", "new_driver.ko"])?;
    ensure!(
        !is_well && said.contains("new_driver.ko: it was built for the kernel 7."),
        "a module of another kernel is not told of\n{said}"
    );
    let target = bench.target(Flavour::LEAN)?;
    let crashes = modules::named(&target.modules, "crash_points")?;
    let crashes = crashes.to_str().context("a path that is no text")?;
    let (said, is_well) = run(&[crashes, "point=panic"])?;
    ensure!(
        !is_well && said.contains("error: the machine died before"),
        "a module that crashes the machine is not told of\n{said}"
    );
    Ok(())
}

/// Plain `make`, against the copy of the crate that has written the driver. The machine crashes.
fn plain_make(bench: &Bench<'_>) -> Result<()> {
    let place = tempfile::tempdir()?;
    let kernel = &bench.target(Flavour::LEAN)?.kernel;
    let folder = new::write(&place.path().join("new-driver"), None, project())?;
    make(bench, &folder)?;
    only_root_installs(bench, kernel, &folder)?;
    let mut machine = boot(bench, kernel, folder.join("new_driver.ko"), "crash")?;
    machine.expect("new_driver: heard of a panic: .*sysrq triggered crash")?;
    machine.expect(AFTER_NOTIFIERS)?;
    splat::none_in(&machine.lines())
}

fn only_root_installs(bench: &Bench<'_>, kernel: &Kernel, folder: &Path) -> Result<()> {
    // A folder in which the kernel lets no user create a file.
    let modules = (
        PathBuf::from("/proc/sys"),
        PathBuf::from("/usr/lib/modules"),
    );
    let mut install = bench.toolbox.command_in("make", &[modules]);
    install.args(["modules_install", "-C"]);
    install
        .arg(folder)
        .arg(format!("KDIR={}", kernel.kdir.display()));
    let (said, succeeds) = limited::run_any(&mut install, BUILD)?;
    let says = "/lib/modules: cannot write there; run this as root, or install below another folder with INSTALL_MOD_PATH=";
    ensure!(
        !succeeds && said.contains(says),
        "does not say {says:?}:\n{said}"
    );
    Ok(())
}

fn make(bench: &Bench<'_>, folder: &Path) -> Result<()> {
    let kernel = &bench.target(Flavour::LEAN)?.kernel;
    let static_assertions = modules::static_assertions()?;
    let crate_folder = static_assertions.parent().context("no folder")?;
    let mut make = bench.toolbox.command_reading("make", &[crate_folder]);
    make.arg("-C").arg(folder).args(&kernel.make_arguments);
    make.arg(format!("KDIR={}", kernel.kdir.display()));
    make.arg(format!("STATIC_ASSERTIONS={}", static_assertions.display()));
    // That has a test of its own.
    make.arg("CONTEXT_CHECK=n");
    limited::run(&mut make, BUILD)?;
    Ok(())
}

/// DKMS builds it, without Cargo, against a read-only installed copy. The machine is
/// switched off.
fn dkms(bench: &Bench<'_>) -> Result<()> {
    let place = tempfile::tempdir()?;
    let place = place.path();
    let kernel = &bench.target(Flavour::LEAN)?.kernel;
    let installed = install(bench.toolbox, place)?;
    let sources = place.join("src");
    fs::create_dir(&sources)?;
    new::write(
        &sources.join("new_driver-0.1.0"),
        Some("new_driver"),
        project(),
    )?;
    let tree = place.join("dkms");
    fs::create_dir(&tree)?;
    let release = kernel.release()?;
    let mut dkms = bench.toolbox.command_reading("dkms", &[&installed]);
    dkms.env("NOTIFIER_CHAIN", &installed)
        .args(["build", "new_driver/0.1.0", "-k", &release])
        .arg("--kernelsourcedir")
        .arg(&kernel.kdir)
        .arg("--sourcetree")
        .arg(&sources)
        .arg("--dkmstree")
        .arg(&tree);
    limited::run(&mut dkms, BUILD)?;
    let folder = tree.join(format!("new_driver/0.1.0/{release}/x86_64/module"));

    let mut machine = boot(bench, kernel, folder.join("new_driver.ko"), "good")?;
    machine.expect("new_driver: heard that the machine goes down: PowerOff")?;
    machine.wait_off()?;
    splat::none_in(&machine.lines())
}

/// Installs the crate below `place`.
pub fn install(toolbox: &Toolbox, place: &Path) -> Result<PathBuf> {
    let static_assertions = modules::static_assertions()?;
    // With its licences, which are beside its sources.
    let package = static_assertions.ancestors().nth(2).context("no folder")?;
    let mut make: Command = toolbox.command_reading("make", &[package]);
    make.arg("-C").arg(project()).arg("install");
    make.arg(format!("DESTDIR={}", place.display()));
    make.arg(format!("STATIC_ASSERTIONS={}", static_assertions.display()));
    limited::run(&mut make, BUILD)?;
    let installed = place.join("usr/src/notifier-chain");
    for file in ["LICENSE", "static_assertions/LICENSE-MIT"] {
        ensure!(installed.join(file).exists(), "{file} is not installed");
    }
    Ok(installed)
}

/// The machine of `cargo xtask run`.
pub fn boot(bench: &Bench<'_>, kernel: &Kernel, module: PathBuf, end: &str) -> Result<Machine> {
    Guest {
        kernel,
        modules: &[module],
        scenario: &fs::read_to_string(initramfs::guest("driver.sh"))?,
        cmdline: &format!("panic=0 end={end}"),
        log: &bench.log(&format!("vm/new-driver-{end}")),
        limit: pace::limit(MACHINE),
    }
    .boot(bench.toolbox)
}
