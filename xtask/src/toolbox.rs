// SPDX-License-Identifier: GPL-2.0

//! The toolbox: a small Debian root that holds every program which builds and boots kernels, so
//! that the machine outside needs none of them.

use crate::{
    arch::Arch,
    cache::{self, need_space, Cache},
    host::{self, User},
    kernel::Flavour,
    progress::{Counted, Step, Steps},
    project,
    release::{Release, TRIXIE},
};
use anyhow::{bail, Context, Error, Result};
use std::{
    env,
    ffi::OsString,
    fmt::{self, Display},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Where its programs are.
pub const PATH: &str = "/usr/sbin:/usr/bin";

/// Debian's own kernels, as `SERIES:IMAGE`, and the source that they were built from. Where the archive has none of the
/// first series any more, the newest that there is, which is written down. Behind them comes what programs for guests
/// of another architecture are linked to.
const ADD_KERNEL: &str = r#"chroot "$1" sh -ec '
newest() {
        apt-cache search --names-only "^$1\$" | cut -d" " -f1 | sort -V | tail -n1
}
add() {
        apt-get install --yes --no-install-recommends -t SUITE "$@"
}
for image in IMAGES; do
        series=${image%:*}
        source=$(newest "linux-source-$series")
        if [ -z "$source" ] && [ "$series" = SERIES ]; then
                source=$(newest "linux-source-[0-9.]+")
                echo "${source#linux-source-}" >/untested
        elif [ -z "$source" ]; then
                echo "Debian has no kernel $series any more" >&2
                exit 1
        fi
        add "$source"
        version=$(dpkg-query --show --showformat "\${source:Upstream-Version}" "$source")
        headers=$(newest "linux-headers-$version[+][a-z0-9.+]+-${image#*:}")
        release=${headers#linux-headers-}
        arch=${image##*[:-]}
        add "$headers:$arch" "linux-binary-$release:$arch" "linux-modules-$release:$arch"
done
for arch in $(dpkg --print-foreign-architectures); do
        add "libc6-dev-$arch-cross"
        root=/guests/$arch
        mkdir -p $root/debs/partial
        : >$root/empty
        apt-get install --yes --no-install-recommends --download-only -o APT::Architecture=$arch \
                -o Dir::State::status=$root/empty -o Dir::Cache::archives=$root/debs GUEST
        for deb in $root/debs/*.deb; do
                dpkg-deb --extract "$deb" $root
        done
        rm -r $root/debs $root/empty
done
dpkg-query --show --showformat "\${Package}\t\${Version}\n" >/packages'"#;

/// What guests of another architecture take: unpacked with all that it depends on, since nothing of it runs in the
/// toolbox.
const GUEST: &str = "busybox-static kexec-tools";

/// How packages are unpacked: nobody reads manuals in there, and nothing of a tree that only counts
/// once it is complete has to be forced to the disk file by file.
const DPKG: [&str; 5] = [
    "force-unsafe-io",
    "path-exclude=/usr/share/doc/*",
    "path-exclude=/usr/share/man/*",
    "path-exclude=/usr/share/info/*",
    "path-exclude=/usr/share/locale/*",
];

const INSTALLED: Counted = Counted {
    what: "packages",
    is_one: |line| line.starts_with("Setting up "),
};

/// Why a toolbox cannot be made: the archive no longer has a release's kernels of a series.
#[derive(Debug)]
pub struct Gone {
    release: &'static Release,
    series: &'static str,
}

impl Gone {
    /// The line in which the recipe says so.
    fn line(series: &str) -> String {
        format!("Debian has no kernel {series} any more")
    }

    /// Whether it is for want of this kernel.
    pub fn is(&self, kernel: Flavour) -> bool {
        let series = kernel.debian().map(|(series, _)| series);
        kernel.release() == self.release && series == Some(self.series)
    }

    /// Adds to the error that it is for this, if it is.
    fn explain(error: Error, release: &'static Release, kernels: &[Flavour], step: &Step) -> Error {
        let own = kernels.iter().filter(|kernel| kernel.release() == release);
        let mut series = own.filter_map(|kernel| Some(kernel.debian()?.0));
        let is_gone = |series: &&str| step.printed(&Gone::line(series)).unwrap_or(false);
        match series.find(is_gone) {
            Some(series) => error.context(Gone { release, series }),
            None => error,
        }
    }
}

impl Display for Gone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Gone::line(self.series))
    }
}

#[derive(Clone)]
pub struct Toolbox {
    pub release: &'static Release,
    /// The toolbox's `/` as seen from outside.
    root: PathBuf,
    /// How every command starts: bubblewrap and what it shows to those inside. Empty for the
    /// machine's own programs.
    enter: Vec<OsString>,
}

impl Toolbox {
    /// The toolbox of that release with those of the kernels that are the release's own, made first when it is missing.
    /// The usual kernel is in each of them, so that there are no more of them than it takes.
    pub fn ready(
        cache: &Cache,
        release: &'static Release,
        kernels: &[Flavour],
        steps: &mut Steps,
    ) -> Result<Toolbox> {
        let mut images: Vec<_> = kernels
            .iter()
            .chain(&Flavour::usual())
            .filter(|kernel| kernel.release() == release)
            .filter_map(|kernel| kernel.debian())
            .map(|(series, image)| format!("{series}:{image}"))
            .collect();
        images.sort_unstable();
        images.dedup();
        let images = images.join(" ");
        host::check_system()?;
        let arches = architectures(kernels, release);
        let user = User::current()?;
        let add_kernel = ADD_KERNEL.replace("SUITE", release.kernels);
        let recipe = [
            &[
                release.suite,
                release.add_suite.unwrap_or_default(),
                &add_kernel,
                release.series,
                &images,
                GUEST,
                &arches,
            ],
            &DPKG[..],
            release.packages,
        ]
        .concat();
        let name = format!("{}-{}", release.toolbox, cache::key(&recipe));
        let root = cache.path(&name);
        let is_made = || root.is_dir();
        steps.make(cache, release.toolbox, is_made, |step| {
            host::prepare(&user, step)?;
            let add_kernel = add_kernel
                .replace("SERIES", release.series)
                .replace("IMAGES", &images)
                .replace("GUEST", GUEST);
            cache.unfinished(release.toolbox, |unfinished| {
                let gigabytes = if user.is_root() { 9.0 } else { 6.0 };
                need_space(unfinished, gigabytes, "the toolbox and the kernels")?;
                make(unfinished, &user, release, (&add_kernel, &arches), step)
                    .map_err(|error| Gone::explain(error, release, kernels, step))?;
                fs::rename(unfinished.join("root"), &root)
                    .context("cannot move the toolbox to where it belongs")
            })
        })?;
        let toolbox = Toolbox::open(cache, release, root, &user)?;
        let series = toolbox.series();
        if series != release.series {
            eprintln!(
                "{} has no kernel {} any more; this is {series}, with which nothing was tested",
                release.kernels, release.series
            );
        }
        Ok(toolbox)
    }

    /// The series of the release's newest kernel in there. The project's own are built from that of the usual toolbox.
    pub fn series(&self) -> String {
        fs::read_to_string(self.path("untested")).map_or_else(
            |_| self.release.series.to_owned(),
            |series| series.trim().to_owned(),
        )
    }

    fn open(
        cache: &Cache,
        release: &'static Release,
        root: PathBuf,
        user: &User,
    ) -> Result<Toolbox> {
        let mut enter = host::bubblewrap(user)?;
        enter.extend(["--bind".into(), root.clone().into(), "/".into()]);
        enter.extend(["--proc", "/proc", "--dev", "/dev"].map(Into::into));
        enter.extend(["--dev-bind-try", "/dev/kvm", "/dev/kvm"].map(Into::into));
        let here = env::current_dir()
            .ok()
            .filter(|folder| !is_toolbox_own(folder));
        let shared = [env::temp_dir(), project().into(), cache.root().into()];
        for folder in shared.into_iter().chain(here) {
            enter.extend(["--bind".into(), folder.clone().into(), folder.into()]);
        }
        Ok(Toolbox {
            release,
            root,
            enter,
        })
    }

    /// The machine's own programs, for a caller who brought a kernel tree of his own (`--kdir`).
    pub fn host() -> Toolbox {
        Toolbox {
            release: &TRIXIE,
            root: "/".into(),
            enter: Vec::new(),
        }
    }

    /// A program inside. It sees the project, the cache, the current and the temporary folder at
    /// the same absolute paths as outside, and the machine's network; it dies when the **thread**
    /// that spawned it ends.
    pub fn command(&self, program: &str) -> Command {
        self.command_reading(program, &[])
    }

    /// The same, for a program that also reads `folders`.
    pub fn command_reading(&self, program: &str, folders: &[&Path]) -> Command {
        let mut shown = Vec::new();
        for folder in folders {
            shown.extend(["--ro-bind".into(), folder.into(), folder.into()]);
        }
        self.enter(program, shown)
    }

    /// The same, for a program that sees a file or folder of the machine's in place of one of the toolbox's, and may
    /// write there.
    pub fn command_in(&self, program: &str, binds: &[(PathBuf, PathBuf)]) -> Command {
        let mut shown = Vec::<OsString>::new();
        for (theirs, own) in binds {
            shown.extend(["--bind".into(), theirs.into(), own.into()]);
        }
        self.enter(program, shown)
    }

    fn enter(&self, program: &str, shown: Vec<OsString>) -> Command {
        let Some((bubblewrap, arguments)) = self.enter.split_first() else {
            return Command::new(program);
        };
        let mut command = Command::new(bubblewrap);
        command.args(arguments).args(shown);
        command.arg("--").arg(program);
        command.env_clear().envs([
            ("PATH", PATH),
            ("HOME", "/root"),
            ("LC_ALL", "C"),
            // Each toolbox has its own. make names a pipe after its process, and in there that is
            // the same one for every run at a time.
            ("MAKE_TMPDIR", "/dev/shm"),
        ]);
        if let Ok(source) = self.in_usr_src("rustc-") {
            command.env("RUST_LIB_SRC", source.join("library"));
        }
        command
    }

    /// Where a file of the toolbox is as seen from outside: `toolbox.path("usr/bin/busybox")`.
    pub fn path(&self, inside: &str) -> PathBuf {
        self.root.join(inside)
    }

    /// The same for a file that machines of that architecture are given.
    pub fn for_guests(&self, arch: Arch, file: &str) -> PathBuf {
        if arch == Arch::HOST {
            self.path(file)
        } else {
            self.root.join("guests").join(arch.debian()).join(file)
        }
    }

    /// The installed packages, one `name<TAB>version` a line.
    pub fn packages(&self) -> Result<String> {
        let list = self.path("packages");
        fs::read_to_string(&list).with_context(|| format!("cannot read {}", list.display()))
    }

    /// The one entry of the toolbox's `/usr/src` that starts so, as a path inside.
    pub fn in_usr_src(&self, start: &str) -> Result<PathBuf> {
        let name = self.entry("usr/src", |name| name.starts_with(start));
        Ok(Path::new("/usr/src").join(name.with_context(|| format!("no {start}*"))?))
    }

    /// The name of the one entry of a folder that is so.
    pub fn entry(&self, folder: &str, is_it: impl Fn(&str) -> bool) -> Result<String> {
        let folder = self.path(folder);
        for entry in
            fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?
        {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if is_it(&name) {
                return Ok(name);
            }
        }
        bail!(
            "not in {}: remove the toolbox {} and run this again",
            folder.display(),
            self.root.display()
        )
    }
}

/// Whether showing the machine's folder inside would hide what the toolbox has there.
fn is_toolbox_own(folder: &Path) -> bool {
    let system = [
        "/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc", "/var", "/dev", "/proc",
    ];
    folder == Path::new("/") || system.iter().any(|own| folder.starts_with(own))
}

/// The architectures whose packages the toolbox takes, this machine's first.
fn architectures(kernels: &[Flavour], release: &Release) -> String {
    let usual = Flavour::usual();
    let all = kernels.iter().chain(&usual);
    let foreign = all
        .filter(|kernel| kernel.release() == release)
        .map(|kernel| kernel.arch);
    let mut arches = vec![Arch::HOST.debian()];
    for arch in foreign.map(Arch::debian) {
        if !arches.contains(&arch) {
            arches.push(arch);
        }
    }
    arches.join(",")
}

/// Makes the toolbox's tree as `unfinished/root`.
fn make(
    unfinished: &Path,
    user: &User,
    release: &Release,
    (add_kernel, arches): (&str, &str),
    step: &mut Step,
) -> Result<()> {
    let (root, work) = (unfinished.join("root"), unfinished.join("work"));
    for folder in [&root, &work] {
        fs::create_dir(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let mut mmdebstrap = mmdebstrap(user, &work)?;
    mmdebstrap
        .arg("--variant=apt")
        .arg(format!("--architectures={arches}"))
        .args(DPKG.map(|option| format!("--dpkgopt={option}")))
        .args(release.setup_hook())
        .arg(format!("--include={}", release.packages.join(",")))
        .arg(format!("--customize-hook={add_kernel}"))
        .args([release.suite, "-"]);
    // Unpacked by the user who runs this: the tree is his own, whatever ids it was made with.
    let mut tar = Command::new("tar");
    tar.args(["--extract", "--no-same-owner", "--directory"])
        .arg(&root);
    step.pipe(&mut mmdebstrap, &mut tar, Some(&INSTALLED))
}

/// mmdebstrap, which writes a root as a tar to its standard output. It works in the folder `work` if it can.
pub fn mmdebstrap(user: &User, work: &Path) -> Result<Command> {
    let mut command = if user.is_root() {
        // In namespaces of its own it leaves no mount and no process behind, however it ends.
        let bubblewrap = host::bubblewrap(user)?;
        let mut command = Command::new(&bubblewrap[0]);
        command.args(&bubblewrap[1..]).args(["--cap-add", "ALL"]);
        command.args(["--dev-bind", "/", "/", "--proc", "/proc"]);
        command.args(["--", "mmdebstrap", "--mode=root"]);
        command.env("TMPDIR", work);
        command
    } else {
        // Its work folder must be reachable for the user's further ids, which a home folder need
        // not be.
        let work = env::var_os("TMPDIR").map_or(PathBuf::from("/var/tmp"), PathBuf::from);
        need_space(&work, 3.0, "making a root of Debian's")?;
        // bubblewrap would forbid the set-user-id program (newuidmap) that unsharing takes.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "TERM"]);
        command.args(["--", "mmdebstrap", "--mode=unshare"]);
        command.env("TMPDIR", work);
        command
    };
    command
        .args(["--format=tar", "--skip=output/dev", "--verbose"])
        .arg("--aptopt=Acquire::Retries \"3\"");
    if takes_old_lists() {
        command.arg(format!("--aptopt={CHECK_AGE} \"false\""));
    }
    Ok(command)
}

/// apt's setting for lists of packages that are older than they say they may become: whether they are refused.
const CHECK_AGE: &str = "Acquire::Check-Valid-Until";

/// Whether apt on this machine is set up to take them. mmdebstrap does not read how it is set up. The lists' signatures
/// are checked all the same.
fn takes_old_lists() -> bool {
    let output = Command::new("apt-config")
        .args(["shell", "CHECK", &format!("{CHECK_AGE}/b")])
        .output();
    output.is_ok_and(|output| output.stdout == b"CHECK='false'\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_that_the_toolbox_has_itself_are_not_covered() {
        for own in ["/", "/usr", "/usr/src/linux", "/etc"] {
            assert!(is_toolbox_own(Path::new(own)), "{own}");
        }
        for other in ["/home/user/project", "/srv", "/user"] {
            assert!(!is_toolbox_own(Path::new(other)), "{other}");
        }
    }

    #[test]
    fn the_recipe_says_what_is_gone_in_the_line_that_is_looked_for() {
        let says = format!("echo \"{}\" >&2", Gone::line("$series"));
        assert!(ADD_KERNEL.contains(&says), "{says}");
    }

    #[test]
    fn a_kernel_that_one_release_no_longer_has_is_not_gone_from_another() {
        let gone = Gone {
            release: &TRIXIE,
            series: "7.2",
        };
        assert!(gone.is(Flavour::DEBIAN_72));
        assert!(!gone.is(Flavour::DEBIAN_FORKY));
        assert!(!gone.is(Flavour::DEBIAN));
    }

    #[test]
    fn the_machines_own_programs_run_as_they_are() {
        let command = Toolbox::host().command("make");
        assert_eq!(command.get_program(), "make");
        assert_eq!(command.get_args().len(), 0);
        assert_eq!(
            Toolbox::host().path("usr/bin/busybox"),
            Path::new("/usr/bin/busybox")
        );
    }
}
