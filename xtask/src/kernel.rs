// SPDX-License-Identifier: GPL-2.0

//! The kernels that the project is shown and tested on.

mod config;
mod stock;
mod theirs;

pub use theirs::theirs;

use crate::{
    arch::Arch,
    cache::{self, Cache},
    program,
    progress::{Counted, Step, Steps},
    release::{Release, FORKY, TRIXIE},
    toolbox::Toolbox,
};
use anyhow::{ensure, Context, Result};
use clap::ValueEnum;
use std::{
    fs,
    path::{Path, PathBuf},
    thread::{self, available_parallelism},
};

/// What is built, or taken as it comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, clap::ValueEnum)]
pub enum Kind {
    /// Debian's own for cloud machines, as it comes: the demo
    Debian,
    /// Debian's own for all machines, as it comes
    DebianGeneric,
    /// Debian's own for real time (`PREEMPT_RT`), as it comes
    DebianRt,
    /// Debian's own of 7.2 for cloud machines, as it comes
    #[value(name = "debian-7.2")]
    Debian72,
    /// That of Debian 14 (forky) for cloud machines, as it comes
    DebianForky,
    /// User-Mode Linux on x86-64: in-kernel tests and benchmarks
    Uml,
    /// With little in it: crashes of all kinds
    Lean,
    /// With everything that makes a kernel complain: the tests
    Debug,
}

/// A kernel of that kind for that architecture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Flavour {
    pub kind: Kind,
    pub arch: Arch,
}

pub struct Kernel {
    pub flavour: Flavour,
    /// Where its compilers are.
    pub toolbox: Toolbox,
    /// What a person calls it: "Debian's unmodified kernel 7.3.4+deb13-cloud-amd64".
    pub title: String,
    /// The build tree, what `make KDIR=` takes.
    pub kdir: PathBuf,
    /// What boots: UML's program, which runs outside the toolbox too, or an image for QEMU's
    /// `-kernel`.
    pub image: PathBuf,
    /// The source tree that `kdir` was built from (`tools/testing/kunit/kunit.py` is there).
    pub source: PathBuf,
    /// What every `make` for it is told, the modules' too.
    pub make_arguments: Vec<&'static str>,
    /// Its modules that a machine needs for its network card, in the order in which they are loaded.
    pub drivers: Vec<PathBuf>,
}

impl Kernel {
    /// What `uname -r` prints.
    pub fn release(&self) -> Result<String> {
        if self.flavour.debian().is_some() {
            return stock::release(&self.toolbox, self.flavour);
        }
        let file = self.kdir.join("include/config/kernel.release");
        let release =
            fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        Ok(release.trim().to_owned())
    }
}

/// The packages whose versions show in what they compile.
const COMPILERS: [&str; 6] = [
    "rustc\t",
    "rust-src\t",
    "bindgen\t",
    "clang-",
    "lld-",
    "llvm-",
];

/// Kbuild announces each file that it makes as `  CC      lib/bug.o`.
pub const FILES: Counted = Counted {
    what: "files",
    is_one: |line| {
        line.strip_prefix("  ")
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
    },
};

impl Flavour {
    pub const DEBIAN: Flavour = Flavour::x86_64(Kind::Debian);
    pub const DEBIAN_GENERIC: Flavour = Flavour::x86_64(Kind::DebianGeneric);
    pub const DEBIAN_RT: Flavour = Flavour::x86_64(Kind::DebianRt);
    pub const DEBIAN_72: Flavour = Flavour::x86_64(Kind::Debian72);
    pub const DEBIAN_FORKY: Flavour = Flavour::x86_64(Kind::DebianForky);
    pub const UML: Flavour = Flavour::x86_64(Kind::Uml);
    pub const LEAN: Flavour = Flavour::x86_64(Kind::Lean);
    pub const DEBUG: Flavour = Flavour::x86_64(Kind::Debug);

    const fn x86_64(kind: Kind) -> Flavour {
        Flavour {
            kind,
            arch: Arch::X86_64,
        }
    }

    pub fn new(kind: Kind, arch: Arch) -> Result<Flavour> {
        ensure!(
            kind != Kind::Uml || (arch == Arch::X86_64 && Arch::HOST == Arch::X86_64),
            "User-Mode Linux runs on x86-64 only; give another --kernel"
        );
        Ok(Flavour { kind, arch })
    }

    /// The same kind for that architecture.
    pub const fn on(self, arch: Arch) -> Flavour {
        Flavour { arch, ..self }
    }

    pub fn all() -> impl Iterator<Item = Flavour> {
        let arches = Arch::value_variants().iter();
        arches.flat_map(|&arch| {
            let kinds = Kind::value_variants().iter();
            kinds.filter_map(move |&kind| Flavour::new(kind, arch).ok())
        })
    }

    /// Those that are made and tested on this machine if nothing is said.
    pub fn usual() -> Vec<Flavour> {
        let mut usual = Flavour::usual_on(Arch::HOST);
        if Arch::HOST == Arch::X86_64 {
            usual.push(Flavour::DEBIAN.on(Arch::Arm64));
        }
        usual
    }

    /// The same if an architecture is named.
    pub fn usual_on(arch: Arch) -> Vec<Flavour> {
        match arch {
            Arch::X86_64 => vec![Flavour::DEBIAN, Flavour::UML, Flavour::LEAN, Flavour::DEBUG],
            Arch::Arm64 => [Flavour::DEBIAN, Flavour::LEAN, Flavour::DEBUG]
                .map(|it| it.on(arch))
                .to_vec(),
        }
    }

    /// Its name in those of tests and folders.
    pub fn name(self) -> &'static str {
        match (self.kind, self.arch) {
            (Kind::Debian, Arch::X86_64) => "debian",
            (Kind::DebianGeneric, Arch::X86_64) => "debian-generic",
            (Kind::DebianRt, Arch::X86_64) => "debian-rt",
            (Kind::Debian72, Arch::X86_64) => "debian-7.2",
            (Kind::DebianForky, Arch::X86_64) => "debian-forky",
            (Kind::Uml, _) => "uml",
            (Kind::Lean, Arch::X86_64) => "lean",
            (Kind::Debug, Arch::X86_64) => "debug",
            (Kind::Debian, Arch::Arm64) => "debian-arm64",
            (Kind::DebianGeneric, Arch::Arm64) => "debian-generic-arm64",
            (Kind::DebianRt, Arch::Arm64) => "debian-rt-arm64",
            (Kind::Debian72, Arch::Arm64) => "debian-7.2-arm64",
            (Kind::DebianForky, Arch::Arm64) => "debian-forky-arm64",
            (Kind::Lean, Arch::Arm64) => "lean-arm64",
            (Kind::Debug, Arch::Arm64) => "debug-arm64",
        }
    }

    /// Its series, and what Debian calls it, if it is Debian's own.
    pub fn debian(self) -> Option<(&'static str, &'static str)> {
        let image = |amd64, arm64| match self.arch {
            Arch::X86_64 => amd64,
            Arch::Arm64 => arm64,
        };
        let cloud = image("cloud-amd64", "cloud-arm64");
        match self.kind {
            Kind::Debian => Some((TRIXIE.series, cloud)),
            Kind::DebianGeneric => Some((TRIXIE.series, image("amd64", "arm64"))),
            Kind::DebianRt => Some((TRIXIE.series, image("rt-amd64", "rt-arm64"))),
            Kind::Debian72 => Some(("7.2", cloud)),
            Kind::DebianForky => Some((FORKY.series, cloud)),
            Kind::Uml | Kind::Lean | Kind::Debug => None,
        }
    }

    /// The release that it is from, or whose compilers build it.
    pub fn release(self) -> &'static Release {
        match self.kind {
            Kind::DebianForky => &FORKY,
            _ => &TRIXIE,
        }
    }

    /// How it is built; not at all if it is a distribution's.
    fn recipe(self) -> Option<Recipe> {
        let lean = match self.arch {
            Arch::X86_64 => Recipe {
                fragments: &["qemu.config", "x86_64.config"],
                make_arguments: &["LLVM=1", "ARCH=x86_64"],
                targets: &["bzImage", "modules"],
                image: "arch/x86/boot/bzImage",
                gigabytes: 0.5,
            },
            Arch::Arm64 => Recipe {
                fragments: &["qemu.config", "arm64.config"],
                make_arguments: &["LLVM=1", "ARCH=arm64"],
                targets: &["Image", "modules"],
                image: "arch/arm64/boot/Image",
                gigabytes: 0.5,
            },
        };
        match self.kind {
            Kind::Debian
            | Kind::DebianGeneric
            | Kind::DebianRt
            | Kind::Debian72
            | Kind::DebianForky => None,
            Kind::Uml => Some(Recipe {
                fragments: &["uml.config"],
                make_arguments: &["LLVM=1", "ARCH=um"],
                targets: &["all"],
                image: "linux",
                gigabytes: 0.5,
            }),
            Kind::Lean => Some(lean),
            Kind::Debug => Some(Recipe {
                fragments: match self.arch {
                    Arch::X86_64 => &["qemu.config", "x86_64.config", "debug.config"],
                    Arch::Arm64 => &["qemu.config", "arm64.config", "debug.config"],
                },
                gigabytes: 2.0,
                ..lean
            }),
        }
    }
}

/// How a kernel is built.
struct Recipe {
    /// The files under `kernels/` that configure it, each on top of the one before.
    fragments: &'static [&'static str],
    make_arguments: &'static [&'static str],
    targets: &'static [&'static str],
    image: &'static str,
    /// What building it fills of the disk.
    gigabytes: f64,
}

/// The kernel, built first when it is missing. What an interrupted build has made is made use of.
pub fn ready(
    cache: &Cache,
    toolbox: &Toolbox,
    source: &Path,
    flavour: Flavour,
    steps: &mut Steps,
) -> Result<Kernel> {
    let Some(recipe) = flavour.recipe() else {
        return stock::ready(cache, toolbox, source, flavour, steps);
    };
    let fragment = config::fragment(recipe.fragments)?;
    let folder = folder(cache, toolbox, source, flavour, &recipe, &fragment)?;
    let kdir = folder.join("build");
    let kernel = Kernel {
        flavour,
        toolbox: toolbox.clone(),
        title: format!("the {} kernel of this project", flavour.name()),
        image: kdir.join(recipe.image),
        kdir,
        source: source.to_owned(),
        make_arguments: recipe.make_arguments.to_vec(),
        drivers: Vec::new(),
    };
    let mark = folder.join("ready");
    let what = format!("{} kernel", flavour.name());
    let is_made = || mark.exists();
    steps.make(cache, &what, is_made, |step| {
        fs::create_dir_all(&kernel.kdir)
            .with_context(|| format!("cannot make {}", kernel.kdir.display()))?;
        cache::need_space(&folder, recipe.gigabytes, &what)?;
        thread::scope(|scope| {
            // What `make` wants as soon as there is a kernel. If it fails, that says so.
            scope.spawn(|| _ = program::context_check(cache));
            build(&kernel, &recipe, &fragment, &folder, step)
        })?;
        fs::write(&mark, "").with_context(|| format!("cannot write {}", mark.display()))
    })?;
    Ok(kernel)
}

/// Where a kernel goes: a folder named by all that it is made from.
fn folder(
    cache: &Cache,
    toolbox: &Toolbox,
    source: &Path,
    flavour: Flavour,
    recipe: &Recipe,
    fragment: &str,
) -> Result<PathBuf> {
    let packages = toolbox.packages()?;
    let is_compiler = |line: &&str| COMPILERS.iter().any(|name| line.starts_with(name));
    let mut made_from: Vec<&str> = packages.lines().filter(is_compiler).collect();
    let source = source.to_string_lossy();
    made_from.extend([&*source, fragment]);
    made_from.extend(recipe.make_arguments);
    made_from.extend(recipe.targets);
    let key = cache::key(&made_from);
    Ok(cache.path(&format!("kernel-{}-{key}", flavour.name())))
}

fn build(
    kernel: &Kernel,
    recipe: &Recipe,
    fragment: &str,
    folder: &Path,
    step: &mut Step,
) -> Result<()> {
    let make = || {
        let mut make = kernel.toolbox.command("make");
        make.arg("-C").arg(&kernel.source);
        make.arg(format!("O={}", kernel.kdir.display()));
        make.args(&kernel.make_arguments);
        make
    };

    let wanted = folder.join("fragment.config");
    fs::write(&wanted, fragment).with_context(|| format!("cannot write {}", wanted.display()))?;
    let all_config = format!("KCONFIG_ALLCONFIG={}", wanted.display());
    step.run(make().arg(all_config).arg("allnoconfig"), None)?;
    let config = fs::read_to_string(kernel.kdir.join(".config"))
        .context("the kernel was configured without a .config")?;
    let missing = config::missing_lines(fragment, &config);
    ensure!(
        missing.is_empty(),
        "this kernel ({}) does not accept these lines of kernels/{}:\n    {}\n\
         See in its Kconfig what they depend on",
        kernel.source.display(),
        recipe.fragments.join(" and kernels/"),
        missing.join("\n    ")
    );

    let cores = available_parallelism().map_or(1, usize::from);
    let mut make = make();
    make.arg(format!("-j{cores}")).args(recipe.targets);
    step.run(&mut make, Some(&FILES))?;
    ensure!(
        kernel.image.exists(),
        "the kernel was built, but there is no {}",
        kernel.image.display()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn each_kernel_has_its_own_name() {
        let names: HashSet<_> = Flavour::all().map(Flavour::name).collect();
        assert_eq!(names.len(), Flavour::all().count());
        assert!(Flavour::all().all(|kernel| kernel.arch == Arch::X86_64
            || kernel.name().ends_with(&format!("-{}", kernel.arch))));
        assert!(Flavour::new(Kind::Uml, Arch::Arm64).is_err());
    }
}
