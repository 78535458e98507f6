// SPDX-License-Identifier: GPL-2.0

//! `cargo xtask setup`, and the same for every command that needs it.

use crate::{
    arch::Arch,
    cache::Cache,
    kernel::{self, Flavour, Kernel, Kind},
    make_folder,
    progress::Steps,
    project,
    release::{Release, TRIXIE},
    run_folder::RunFolder,
    source,
    toolbox::Toolbox,
};
use anyhow::{Context, Result};
use std::{
    collections::HashSet,
    ffi::OsStr,
    path::{Path, PathBuf},
};

/// What every command that needs a kernel can be told.
#[derive(clap::Args)]
pub struct KernelArgs {
    /// Use this kernel build tree, and the programs in PATH, instead of the project's own
    #[arg(long, value_name = "PATH")]
    pub kdir: Option<PathBuf>,
}

#[derive(clap::Args)]
pub struct Args {
    /// Only these kernels (all when none is named)
    #[arg(long = "kernel", value_name = "KERNEL")]
    kernels: Vec<Kind>,
    /// The architecture of the kernels
    #[arg(long)]
    arch: Option<Arch>,
    #[command(flatten)]
    pub kernel: KernelArgs,
}

impl Args {
    pub fn flavours(&self) -> Result<Vec<Flavour>> {
        match self.arch {
            None if self.kernels.is_empty() => Ok(Flavour::usual()),
            Some(arch) if self.kernels.is_empty() => Ok(Flavour::usual_on(arch)),
            arch => {
                let arch = arch.unwrap_or(Arch::HOST);
                let named = self.kernels.iter();
                named.map(|&kind| Flavour::new(kind, arch)).collect()
            }
        }
    }
}

/// How many steps `ready` takes for those kernels: count them into `Steps::new`.
pub fn steps(flavours: &[Flavour]) -> usize {
    releases(flavours).count() + 1 + flavours.len()
}

/// The releases whose toolboxes it takes. That of Debian 13 is the usual one, and comes first.
fn releases(flavours: &[Flavour]) -> impl Iterator<Item = &'static Release> + '_ {
    let takes = |release: &&Release| {
        *release == &TRIXIE || flavours.iter().any(|flavour| flavour.release() == *release)
    };
    Release::ALL.into_iter().filter(takes)
}

/// The usual toolbox and the kernels asked for, in that order. With `--kdir` it is that one kernel,
/// whatever was asked for.
pub fn ready(
    cache: &Cache,
    flavours: &[Flavour],
    args: &KernelArgs,
    steps: &mut Steps,
) -> Result<(Toolbox, Vec<Kernel>)> {
    make_folder::check(project()).context("this clone")?;
    if let Some(kdir) = &args.kdir {
        let kernel = kernel::theirs(kdir)?;
        (0..self::steps(flavours)).for_each(|_| steps.skip());
        return Ok((Toolbox::host(), vec![kernel]));
    }
    let toolboxes = releases(flavours)
        .map(|release| Toolbox::ready(cache, release, flavours, steps))
        .collect::<Result<Vec<_>>>()?;
    let of = |release: &Release| {
        let mut toolboxes = toolboxes.iter();
        let toolbox = toolboxes.find(|toolbox| toolbox.release == release);
        toolbox.context("no toolbox of that release")
    };
    let toolbox = of(&TRIXIE)?;
    // A distribution's kernel is not built.
    let source = if flavours.iter().all(|flavour| flavour.debian().is_some()) {
        steps.skip();
        source::folder(cache, toolbox)?
    } else {
        source::ready(cache, toolbox, steps)?
    };
    let kernels = flavours
        .iter()
        .map(|&flavour| kernel::ready(cache, of(flavour.release())?, &source, flavour, steps))
        .collect::<Result<_>>()?;
    Ok((toolbox.clone(), kernels))
}

pub fn run(args: &Args) -> Result<()> {
    let flavours = args.flavours()?;
    let cache = Cache::open()?;
    let run = RunFolder::new("setup")?;
    let mut steps = Steps::new(&run, self::steps(&flavours));
    let (toolbox, kernels) = ready(&cache, &flavours, &args.kernel, &mut steps)?;
    for kernel in &kernels {
        let flavour = kernel.flavour.name();
        println!("{flavour} kernel ready: {}", kernel.image.display());
    }
    if args.kernels.is_empty() && args.arch.is_none() && args.kernel.kdir.is_none() {
        let root = toolbox.path("");
        let mut used = vec![&*root];
        for kernel in &kernels {
            used.extend([&*kernel.source, &*kernel.kdir]);
        }
        for folder in unused(&cache.folders()?, &used) {
            println!("no longer used by this checkout: {}", folder.display());
        }
    }
    Ok(())
}

/// What earlier versions of the project have left in the cache: other folders of the kinds that are used. Another
/// checkout may still use it, so it is a person who decides.
fn unused<'a>(folders: &'a [PathBuf], used: &[&Path]) -> Vec<&'a Path> {
    let is_used = |folder: &&PathBuf| used.iter().any(|used| used.starts_with(folder));
    let kinds: HashSet<_> = folders
        .iter()
        .filter(is_used)
        .map(|used| kind(used))
        .collect();
    let unused = folders
        .iter()
        .filter(|folder| kinds.contains(kind(folder)) && !is_used(folder));
    unused.map(PathBuf::as_path).collect()
}

/// What the name of a folder in the cache begins with: before the key, or before the version of the kernel's source.
fn kind(folder: &Path) -> &str {
    let name = folder
        .file_name()
        .and_then(OsStr::to_str)
        .unwrap_or_default();
    if name.starts_with("linux-") {
        return "linux";
    }
    name.rsplit_once('-').map_or(name, |(kind, _)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernel_of_another_release_takes_a_second_toolbox() {
        let suites = |kernel: Flavour| -> Vec<_> {
            releases(&[kernel]).map(|release| release.suite).collect()
        };
        assert_eq!(suites(Flavour::DEBIAN_72), ["trixie"]);
        assert_eq!(suites(Flavour::DEBIAN_FORKY), ["trixie", "forky"]);
    }

    #[test]
    fn only_what_nothing_here_uses_is_listed() {
        let folders = [
            "/c/logs",
            "/c/kernel-uml-1",
            "/c/kernel-uml-2",
            "/c/kernel-debian-rt-1",
            "/c/linux-7.3.4-1-bpo13-1",
            "/c/linux-7.3.5-1-bpo13-1",
            "/c/toolbox-0",
            "/c/toolbox-1",
            "/c/forky-toolbox-1",
        ];
        let folders = folders.map(PathBuf::from);
        let used = [
            "/c/kernel-uml-2/build",
            "/c/linux-7.3.5-1-bpo13-1",
            "/c/toolbox-1/",
        ];
        assert_eq!(
            unused(&folders, &used.map(Path::new)),
            [
                "/c/kernel-uml-1",
                "/c/linux-7.3.4-1-bpo13-1",
                "/c/toolbox-0"
            ]
            .map(Path::new)
        );
    }
}
