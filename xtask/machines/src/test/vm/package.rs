// SPDX-License-Identifier: GPL-2.0

//! The Debian package: made, installed beside Debian's kernel, its module built by DKMS, loaded, and heard.

use super::{Expected, MACHINE, RECORDS};
use crate::{
    kernel::{Flavour, Kernel},
    model::DEBIAN,
    pace, project,
    stage::{Setting, Stage, Task},
    test::{
        limited,
        pool::{Job, Needs},
        report::Report,
        splat, Bench,
    },
};
use anyhow::{Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

/// The test, and the kernel that it boots.
pub const TEST: (&str, Flavour) = ("debian-package", Flavour::DEBIAN);

/// The module is compiled.
const BUILD: Duration = Duration::from_secs(240);

/// What the package is made from.
const SOURCES: [&str; 12] = [
    "debian",
    "src",
    "scripts",
    "samples",
    "wire",
    "LICENSE",
    "README.md",
    "Makefile",
    "Makefile.checks",
    "Makefile.context-check",
    "Makefile.crates",
    "Makefile.driver",
];

/// What installing writes to, each copied so that the toolbox stays as it is.
const WRITTEN: [&str; 6] = [
    "/etc",
    "/usr/share/doc",
    "/usr/src",
    "/usr/lib/modules",
    "/var/lib/dkms",
    "/var/lib/dpkg",
];

pub fn job<'a>(bench: &'a Bench<'a>, report: &'a Report) -> Job<'a> {
    let name = format!("vm/{}", TEST.0);
    let needs = Needs {
        cpus: 1,
        memory_mib: MACHINE.memory_mib + 512,
    };
    Job::new(
        needs,
        bench.estimate(&name, Duration::from_secs(90)),
        move || report.test(&name, || run(bench, report, &name)),
    )
}

fn run(bench: &Bench<'_>, report: &Report, name: &str) -> Result<()> {
    let kernel = &bench.target(TEST.1)?.kernel;
    let place = tempfile::tempdir()?;
    let package = make(bench, place.path())?;
    let module = install(bench, place.path(), &package, kernel)?;

    let log = bench.log(name);
    let setting = Setting {
        model: DEBIAN,
        kernel,
        modules: &[module],
        programs: &[],
        parameters: "",
        kdump: false,
        saved: None,
        tell: &|why| report.tried_again(name, why),
    };
    let task = Task {
        script: "sysrq.sh",
        variables: &format!("records={RECORDS}"),
        before: |_| Ok(()),
        limit: pace::limit(Duration::from_secs(120)),
        log: &log,
        pcap: None,
    };
    let listen = bench.programs.panic_listen()?;
    let mut stage = Stage::open(&setting, &task, bench.toolbox, listen, Stdio::null())?;
    let crashed = stage.crash();
    let ended = stage.close();
    crashed?;
    let ended = ended?;
    splat::none_in(&ended.console)?;
    Expected::All.judge(&ended)
}

/// Builds the package in `place`, from a copy of its sources.
pub fn make(bench: &Bench<'_>, place: &Path) -> Result<PathBuf> {
    let copy = place.join("notifier-chain");
    fs::create_dir_all(copy.join("xtask"))?;
    let mut cp = Command::new("cp");
    cp.arg("-R").args(SOURCES.map(|name| project().join(name)));
    limited::run(cp.arg(&copy), BUILD)?;
    let mut cp = Command::new("cp");
    cp.arg("-R").arg(project().join("xtask/templates"));
    limited::run(cp.arg(copy.join("xtask")), BUILD)?;

    let mut build = bench.toolbox.command("dpkg-buildpackage");
    build
        .current_dir(&copy)
        // Compilers for packages with programs are none of its business.
        .args(["--no-check-builddeps", "--no-sign", "--build=binary"]);
    limited::run(&mut build, BUILD)?;
    let files = fs::read_dir(place)?;
    let mut packages = files.filter_map(|file| {
        let path = file.ok()?.path();
        (path.extension()? == "deb").then_some(path)
    });
    packages.next().context("no package was made")
}

/// Installs it in a copy of the toolbox, where DKMS builds the module. Gives the module.
fn install(bench: &Bench<'_>, place: &Path, package: &Path, kernel: &Kernel) -> Result<PathBuf> {
    let release = kernel.release()?;
    let mut binds = Vec::new();
    for folder in WRITTEN {
        let copy = place.join(folder.replace('/', "-"));
        let mut cp = Command::new("cp");
        cp.arg("-a")
            .arg(bench.toolbox.path(folder.trim_start_matches('/')));
        limited::run(cp.arg(&copy), BUILD)?;
        binds.push((copy, PathBuf::from(folder)));
    }
    // What `scripts/rust-metadata` has made, which is a step before this.
    let metadata = place.join("metadata");
    fs::create_dir(&metadata)?;
    std::os::unix::fs::symlink(&kernel.kdir, metadata.join(&release))?;
    binds.push((metadata, "/var/lib/notifier-chain".into()));

    let script = format!(
        // Installing builds for every kernel that is there. Of the others, nothing has made the metadata.
        "[ $(ls /usr/lib/modules | wc -l) = 1 ] || touch /etc/dkms/no-autoinstall\n\
         dpkg --install {}\n\
         dkms install panic-broadcaster/0.1.0 -k {release} || {{\n\
         \tcat /var/lib/dkms/panic-broadcaster/0.1.0/build/make.log\n\
         \texit 1\n\
         }}\n\
         xz --decompress --keep --stdout /usr/lib/modules/{release}/updates/dkms/panic_broadcaster.ko.xz \
         >{}/panic_broadcaster.ko\n\
         dpkg --purge notifier-chain-dkms\n\
         test ! -e /usr/src/notifier-chain\n\
         test -z \"$(find /usr/lib/modules -name 'panic_broadcaster*')\"",
        package.display(),
        place.display()
    );
    let mut sh = bench.toolbox.command_in("sh", &binds);
    limited::run(sh.args(["-exc", &script]), BUILD)?;
    Ok(place.join("panic_broadcaster.ko"))
}
