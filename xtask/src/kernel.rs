// SPDX-License-Identifier: GPL-2.0

//! The kernels that the project is shown and tested on.

mod config;
mod stock;
mod theirs;

pub use theirs::theirs;

use crate::{
    cache::{self, Cache},
    program,
    progress::{Counted, Step, Steps},
    release::{Release, FORKY, TRIXIE},
    toolbox::Toolbox,
};
use anyhow::{ensure, Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
    thread::{self, available_parallelism},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, clap::ValueEnum)]
pub enum Flavour {
    /// Debian's own for cloud machines, as it comes: the demo
    Debian,
    /// Debian's own for PCs, as it comes
    DebianAmd64,
    /// Debian's own for real time (`PREEMPT_RT`), as it comes
    DebianRt,
    /// Debian's own of 7.2 for cloud machines, as it comes
    #[value(name = "debian-7.2")]
    Debian72,
    /// That of Debian 14 (forky) for cloud machines, as it comes
    DebianForky,
    /// User-Mode Linux: in-kernel tests and benchmarks
    Uml,
    /// x86-64 with little in it: crashes of all kinds
    Lean,
    /// x86-64 with everything that makes a kernel complain: the tests
    Debug,
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
    pub const ALL: [Flavour; 8] = [
        Flavour::Debian,
        Flavour::DebianAmd64,
        Flavour::DebianRt,
        Flavour::Debian72,
        Flavour::DebianForky,
        Flavour::Uml,
        Flavour::Lean,
        Flavour::Debug,
    ];

    /// Those that are made and tested if nothing is said.
    pub const USUAL: [Flavour; 4] = [Flavour::Debian, Flavour::Uml, Flavour::Lean, Flavour::Debug];

    pub fn name(self) -> &'static str {
        match self {
            Flavour::Debian => "debian",
            Flavour::DebianAmd64 => "debian-amd64",
            Flavour::DebianRt => "debian-rt",
            Flavour::Debian72 => "debian-7.2",
            Flavour::DebianForky => "debian-forky",
            Flavour::Uml => "uml",
            Flavour::Lean => "lean",
            Flavour::Debug => "debug",
        }
    }

    /// Its series, and what Debian calls it, if it is Debian's own.
    pub fn debian(self) -> Option<(&'static str, &'static str)> {
        match self {
            Flavour::Debian => Some((TRIXIE.series, "cloud-amd64")),
            Flavour::DebianAmd64 => Some((TRIXIE.series, "amd64")),
            Flavour::DebianRt => Some((TRIXIE.series, "rt-amd64")),
            Flavour::Debian72 => Some(("7.2", "cloud-amd64")),
            Flavour::DebianForky => Some((FORKY.series, "cloud-amd64")),
            Flavour::Uml | Flavour::Lean | Flavour::Debug => None,
        }
    }

    /// The release that it is from, or whose compilers build it.
    pub fn release(self) -> &'static Release {
        match self {
            Flavour::DebianForky => &FORKY,
            _ => &TRIXIE,
        }
    }

    /// How it is built; not at all if it is a distribution's.
    fn recipe(self) -> Option<Recipe> {
        const LEAN: Recipe = Recipe {
            fragments: &["x86_64.config"],
            make_arguments: &["LLVM=1"],
            targets: &["bzImage", "modules"],
            image: "arch/x86/boot/bzImage",
            gigabytes: 0.5,
        };
        match self {
            Flavour::Debian
            | Flavour::DebianAmd64
            | Flavour::DebianRt
            | Flavour::Debian72
            | Flavour::DebianForky => None,
            Flavour::Uml => Some(Recipe {
                fragments: &["uml.config"],
                make_arguments: &["LLVM=1", "ARCH=um"],
                targets: &["all"],
                image: "linux",
                gigabytes: 0.5,
            }),
            Flavour::Lean => Some(LEAN),
            Flavour::Debug => Some(Recipe {
                fragments: &["x86_64.config", "debug.config"],
                gigabytes: 2.0,
                ..LEAN
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
