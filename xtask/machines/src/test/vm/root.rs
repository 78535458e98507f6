// SPDX-License-Identifier: GPL-2.0

//! The Debian package on the machine of a user: a clean Debian root and Debian's own kernel get the package by apt, a
//! second kernel comes later, and machines with that root panic and are heard. Then what must be refused.

use super::{all_heard, package};
use crate::{
    cache::need_space,
    host::{self, User},
    initramfs::guest,
    kernel::{Flavour, Kernel},
    machine::Boot,
    model::{Model, DEBIAN, DEBIAN_GENERIC},
    pace,
    release::TRIXIE,
    stage::Stage,
    test::{
        limited,
        pool::{Job, Needs},
        report::Report,
        splat, Bench,
    },
    toolbox::mmdebstrap,
};
use anyhow::{bail, ensure, Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

/// The test, and the kernel whose toolbox it takes. It only runs with `--kernels all`.
pub const TEST: (&str, Flavour) = ("debian-root", Flavour::DEBIAN);

/// What apt downloads and what DKMS builds: the metadata is most of it.
const INSTALL: Duration = Duration::from_secs(900);

const MAKE_ROOT: Duration = Duration::from_secs(300);

const PACK: Duration = Duration::from_secs(120);

/// The machine boots as a whole, with Debian's initramfs.
const MACHINE: Duration = Duration::from_secs(180);

/// What the root has beside the essential packages and apt: what each machine has that boots. Without Debian 13's
/// initramfs-tools, apt would take another such program from backports.
const PACKAGES: &str = "init,udev,e2fsprogs,initramfs-tools";

/// The records that the module sends if it is told nothing.
const RECORDS: usize = 200;

/// Installs a kernel and its headers as README tells the user to. Where the archive's newest kernel is of another series,
/// the newest one of the tested series by its name.
const ADD_KERNEL: &str = r#"
apt-get update
headers=$(apt-cache search --names-only '^linux-headers-SERIES[.][^-]*-FLAVOUR$' | cut -d' ' -f1 | sort -V | tail -n1)
test -n "$headers"
release=FLAVOUR
apt-cache -o APT::Default-Release=SUITE-backports depends linux-headers-FLAVOUR | grep -F "Depends: $headers" ||
	release=${headers#linux-headers-}
apt-get install --yes -t SUITE-backports "linux-image-$release" "linux-headers-$release""#;

/// Nothing of what the package needs is there.
const IS_CLEAN: &str = r#"
for program in dkms rustc bindgen pahole flex bison; do
	if command -v $program; then exit 1; fi
done
test ! -e /usr/src/linux-source-*"#;

/// What is left of refused metadata: a lock, and no more.
const NOTHING_LEFT: &str =
    r#"test -z "$(find /var/lib/notifier-chain -mindepth 1 ! -name '*.lock')""#;

/// A difference that is planted in the root, and how it is tried whether DKMS builds the module all the same.
struct Planted {
    plant: &'static str,
    build: &'static str,
    says: &'static str,
    remedy: &'static str,
}

/// `PACKAGE` is the package's file, `RELEASE` the kernel's release.
const PLANTED: [Planted; 2] = [
    Planted {
        plant: "sed -i.own 's/^CONFIG_RUST=y/&\\nCONFIG_DEBUG_NOTIFIERS=y/' /usr/src/linux-headers-*/.config",
        build: "apt-get install --yes PACKAGE",
        says: "the configuration in its headers differs from the kernel's (< is the kernel's): > CONFIG_DEBUG_NOTIFIERS=y",
        remedy: "for config in /usr/src/linux-headers-*/.config; do mv $config.own $config; done",
    },
    Planted {
        plant: "dpkg --remove --force-depends pahole",
        build: "dkms install panic-broadcaster/0.1.0 -k RELEASE",
        says: "these packages are missing; as root: apt-get install pahole",
        // apt then goes on with the package that could not be installed.
        remedy: "apt-get install --simulate pahole | grep '^Conf notifier-chain-dkms '",
    },
];

pub fn job<'a>(bench: &'a Bench<'a>, report: &'a Report) -> Job<'a> {
    let name = format!("vm/{}", TEST.0);
    let estimate = bench.estimate(&name, Duration::from_secs(900));
    Job::new(Needs::BUILD, estimate, move || {
        report.test(&name, || run(bench, &name))
    })
}

fn run(bench: &Bench<'_>, name: &str) -> Result<()> {
    let place = tempfile::tempdir_in(bench.temporary)?;
    need_space(
        place.path(),
        12.0,
        "a Debian root and the image of its disk",
    )?;
    let package = package::make(bench, place.path())?;
    let package = package.file_name().context("a package without a name")?;
    let package = format!("/mnt/{}", package.to_string_lossy());
    fs::copy(guest("debian-init"), place.path().join("init"))?;

    let root = Root::make(place.path())?;
    root.run(IS_CLEAN, INSTALL)?;
    let stock = root.add_kernel(DEBIAN)?;
    root.run(
        &format!(
            "apt-get install --yes {package} || {{\n\
             \tcat /var/lib/dkms/panic-broadcaster/0.1.0/build/make.log\n\
             \texit 1\n\
             }}"
        ),
        INSTALL,
    )?;
    crash(bench, name, &root, &stock, DEBIAN).context("the first kernel")?;
    let later = root.add_kernel(DEBIAN_GENERIC)?;
    crash(bench, name, &root, &later, DEBIAN_GENERIC).context("the kernel that came later")?;

    root.run(
        "apt-get purge --yes notifier-chain-dkms\n\
         test ! -e /usr/src/notifier-chain\n\
         test ! -e /var/lib/notifier-chain\n\
         test -z \"$(find /usr/lib/modules -name 'panic_broadcaster*')\"",
        INSTALL,
    )?;
    for planted in &PLANTED {
        let build = planted.build.replace("PACKAGE", &package);
        refused(&root, planted, &build.replace("RELEASE", &stock)).context(planted.plant)?;
    }
    Ok(())
}

/// With the difference, the build ends with one sentence that tells it, and nothing is left.
fn refused(root: &Root<'_>, planted: &Planted, build: &str) -> Result<()> {
    root.run(planted.plant, INSTALL)?;
    let (said, succeeds) = root.run_any(build, INSTALL)?;
    ensure!(!succeeds, "{build} succeeds and must not:\n{said}");
    let log = root.run(
        "cat /var/lib/dkms/panic-broadcaster/0.1.0/build/make.log",
        INSTALL,
    )?;
    let sentences: Vec<_> = log
        .lines()
        .filter(|line| line.starts_with("rust-metadata: "))
        .collect();
    ensure!(
        sentences.len() == 1 && sentences[0].contains(planted.says),
        "does not say {:?} alone:\n{said}\n{log}",
        planted.says
    );
    root.run(NOTHING_LEFT, INSTALL)?;
    root.run(planted.remedy, INSTALL)?;
    Ok(())
}

/// A machine with that root and that kernel loads the installed module, panics, and is heard.
fn crash(
    bench: &Bench<'_>,
    name: &str,
    root: &Root<'_>,
    release: &str,
    model: Model,
) -> Result<()> {
    let disk = root.pack()?;
    let boot = root.path().join("boot");
    let kernel = Kernel {
        flavour: model.kernel,
        toolbox: bench.toolbox.clone(),
        title: format!("Debian's unmodified kernel {release}"),
        image: boot.join(format!("vmlinuz-{release}")),
        kdir: PathBuf::new(),
        source: PathBuf::new(),
        make_arguments: Vec::new(),
        drivers: Vec::new(),
    };
    let boot = Boot {
        // Debian's initramfs has the drivers of all machines.
        model: model.with_more_memory(1024),
        kernel: &kernel,
        initramfs: &boot.join(format!("initrd.img-{release}")),
        disk: Some(&disk),
        cmdline: "root=/dev/vda ro net.ifnames=0 init=/sbin/debian-init panic=0 ipv6.disable=1",
        frames_to: None,
        sound: None,
        log: &bench.log(name),
        limit: pace::limit(MACHINE),
    };
    let mut stage = Stage::boot(&boot, bench.toolbox, bench.programs.panic_listen()?)?;
    let crashed = stage.crash();
    let ended = stage.close();
    fs::remove_file(&disk)?;
    crashed?;
    let ended = ended?;
    splat::none_in(&ended.console)?;
    let of_dkms = format!("kernel {release} has /lib/modules/{release}/updates/dkms/");
    ensure!(
        ended.console.iter().any(|line| line.contains(&of_dkms)),
        "the machine does not say: {of_dkms}"
    );
    all_heard(&ended, RECORDS)
}

/// A clean Debian root, in a folder of its own.
struct Root<'a> {
    user: User,
    /// Where the folder is. Those inside see this as `/mnt`.
    place: &'a Path,
}

impl Root<'_> {
    fn make(place: &Path) -> Result<Root<'_>> {
        let root = Root {
            user: User::current()?,
            place,
        };
        fs::create_dir(root.path())?;
        let work = place.join("work");
        fs::create_dir(&work)?;
        let archive = place.join("root.tar");
        let mut make = mmdebstrap(&root.user, &work)?;
        make.arg("--variant=minbase")
            .args(TRIXIE.setup_hook())
            .arg(format!("--include={PACKAGES}"))
            .args([TRIXIE.suite, "-"]);
        limited::run_into(&mut make, &archive, MAKE_ROOT)?;
        let mut unpack = host::with_all_users(&root.user, "tar");
        unpack.args(["--extract", "--numeric-owner", "--preserve-permissions"]);
        unpack.arg("--directory").arg(root.path());
        limited::run(unpack.arg("--file").arg(&archive), MAKE_ROOT)?;
        fs::remove_file(&archive)?;
        Ok(root)
    }

    fn path(&self) -> PathBuf {
        self.place.join("root")
    }

    /// Runs a script in there, and gives what it says.
    fn run(&self, script: &str, limit: Duration) -> Result<String> {
        limited::run(&mut self.command(script)?, limit)
    }

    /// The same for a script that may fail.
    fn run_any(&self, script: &str, limit: Duration) -> Result<(String, bool)> {
        limited::run_any(&mut self.command(script)?, limit)
    }

    fn command(&self, script: &str) -> Result<Command> {
        let mut sh = host::in_root(&self.user, &self.path(), self.place, "sh")?;
        sh.args(["-ec", script]);
        Ok(sh)
    }

    /// Installs Debian's kernel for such a machine, and gives its release. If the package is there, DKMS builds the
    /// module for it.
    fn add_kernel(&self, model: Model) -> Result<String> {
        let (_, flavour) = model.kernel.debian().context("no kernel of Debian's")?;
        let script = ADD_KERNEL
            .replace("SERIES", TRIXIE.series)
            .replace("SUITE", TRIXIE.suite)
            .replace("FLAVOUR", flavour);
        self.run(&script, INSTALL)?;
        for entry in fs::read_dir(self.path().join("usr/lib/modules"))? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if name
                .split_once('-')
                .is_some_and(|(_, rest)| rest == flavour)
            {
                return Ok(name);
            }
        }
        bail!("no kernel {flavour} was installed")
    }

    /// Makes the image of a disk that has the root.
    fn pack(&self) -> Result<PathBuf> {
        self.run(
            "apt-get clean\n\
             install /mnt/init /sbin/debian-init\n\
             mke2fs -q -t ext4 -d /mnt/root /mnt/disk 8G",
            PACK,
        )?;
        Ok(self.place.join("disk"))
    }
}

impl Drop for Root<'_> {
    fn drop(&mut self) {
        // Its files belong to users that only its own root may be.
        let mut rm = host::with_all_users(&self.user, "rm");
        let _ = rm.arg("-rf").arg(self.path()).stdin(Stdio::null()).status();
    }
}
