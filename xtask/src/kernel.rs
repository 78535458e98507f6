// SPDX-License-Identifier: GPL-2.0

//! The kernels that the project is shown and tested on.

mod config;
mod theirs;

pub use theirs::theirs;

use crate::{
    cache::{self, Cache},
    program,
    progress::{Counted, Step, Steps},
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
    /// User-Mode Linux: in-kernel tests and benchmarks
    Uml,
    /// x86-64 with little in it: the demo
    Lean,
    /// x86-64 with everything that makes a kernel complain: the tests
    Debug,
}

pub struct Kernel {
    pub flavour: Flavour,
    /// The build tree, what `make KDIR=` takes.
    pub kdir: PathBuf,
    /// What boots: UML's program, which runs outside the toolbox too, or an image for QEMU's
    /// `-kernel`.
    pub image: PathBuf,
    /// The source tree that `kdir` was built from (`tools/testing/kunit/kunit.py` is there).
    pub source: PathBuf,
    /// What every `make` for it is told, the modules' too.
    pub make_arguments: Vec<&'static str>,
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
    pub const ALL: [Flavour; 3] = [Flavour::Uml, Flavour::Lean, Flavour::Debug];

    pub fn name(self) -> &'static str {
        match self {
            Flavour::Uml => "uml",
            Flavour::Lean => "lean",
            Flavour::Debug => "debug",
        }
    }

    /// The files under `kernels/` that configure it, each on top of the one before.
    fn fragments(self) -> &'static [&'static str] {
        match self {
            Flavour::Uml => &["uml.config"],
            Flavour::Lean => &["x86_64.config"],
            Flavour::Debug => &["x86_64.config", "debug.config"],
        }
    }

    fn make_arguments(self) -> Vec<&'static str> {
        match self {
            Flavour::Uml => vec!["LLVM=1", "ARCH=um"],
            Flavour::Lean | Flavour::Debug => vec!["LLVM=1"],
        }
    }

    fn targets(self) -> &'static [&'static str] {
        match self {
            Flavour::Uml => &["all"],
            Flavour::Lean | Flavour::Debug => &["bzImage", "modules"],
        }
    }

    fn image(self) -> &'static str {
        match self {
            Flavour::Uml => "linux",
            Flavour::Lean | Flavour::Debug => "arch/x86/boot/bzImage",
        }
    }

    /// What building it fills of the disk.
    fn gigabytes(self) -> f64 {
        match self {
            Flavour::Uml | Flavour::Lean => 0.5,
            Flavour::Debug => 2.0,
        }
    }
}

/// The kernel, built first when it is missing. What an interrupted build has made is made use of.
pub fn ready(
    cache: &Cache,
    toolbox: &Toolbox,
    source: &Path,
    flavour: Flavour,
    steps: &mut Steps,
) -> Result<Kernel> {
    let fragment = config::fragment(flavour.fragments())?;
    let folder = folder(cache, toolbox, source, flavour, &fragment)?;
    let kdir = folder.join("build");
    let kernel = Kernel {
        flavour,
        image: kdir.join(flavour.image()),
        kdir,
        source: source.to_owned(),
        make_arguments: flavour.make_arguments(),
    };
    let mark = folder.join("ready");
    let what = format!("{} kernel", flavour.name());
    let is_made = || mark.exists();
    steps.make(cache, &what, is_made, |step| {
        fs::create_dir_all(&kernel.kdir)
            .with_context(|| format!("cannot make {}", kernel.kdir.display()))?;
        cache::need_space(&folder, flavour.gigabytes(), &what)?;
        thread::scope(|scope| {
            // What `make` wants as soon as there is a kernel. If it fails, that says so.
            scope.spawn(|| _ = program::context_check(cache));
            build(&kernel, toolbox, &fragment, &folder, step)
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
    fragment: &str,
) -> Result<PathBuf> {
    let packages = toolbox.packages()?;
    let is_compiler = |line: &&str| COMPILERS.iter().any(|name| line.starts_with(name));
    let mut made_from: Vec<&str> = packages.lines().filter(is_compiler).collect();
    let source = source.to_string_lossy();
    made_from.extend([&*source, fragment]);
    made_from.extend(flavour.make_arguments());
    made_from.extend(flavour.targets());
    let key = cache::key(&made_from);
    Ok(cache.path(&format!("kernel-{}-{key}", flavour.name())))
}

fn build(
    kernel: &Kernel,
    toolbox: &Toolbox,
    fragment: &str,
    folder: &Path,
    step: &mut Step,
) -> Result<()> {
    let flavour = kernel.flavour;
    let make = || {
        let mut make = toolbox.command("make");
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
        flavour.fragments().join(" and kernels/"),
        missing.join("\n    ")
    );

    let cores = available_parallelism().map_or(1, usize::from);
    let mut make = make();
    make.arg(format!("-j{cores}")).args(flavour.targets());
    step.run(&mut make, Some(&FILES))?;
    ensure!(
        kernel.image.exists(),
        "the kernel was built, but there is no {}",
        kernel.image.display()
    );
    Ok(())
}
