// SPDX-License-Identifier: GPL-2.0

//! A distribution's own kernel, as it comes. What its packages leave out, `scripts/rust-metadata` makes.

use super::{Flavour, Kernel};
use crate::{
    cache::{self, Cache},
    progress::Steps,
    project,
    toolbox::Toolbox,
};
use anyhow::{bail, ensure, Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The driver of the network card that machines with such a kernel have.
const DRIVER: &str = "virtio_net";

/// The packages that decide on what is made, beside the kernel's headers.
const MADE_FROM: [&str; 10] = [
    "bindgen\t",
    "gcc-14\t",
    "gcc-14-aarch64-linux-gnu\t",
    "gcc-14-x86-64-linux-gnu\t",
    "gcc-16\t",
    "gcc-16-aarch64-linux-gnu\t",
    "gcc-16-x86-64-linux-gnu\t",
    "pahole\t",
    "rust-src\t",
    "rustc\t",
];

pub fn ready(
    cache: &Cache,
    toolbox: &Toolbox,
    source: &Path,
    flavour: Flavour,
    steps: &mut Steps,
) -> Result<Kernel> {
    let release = release(toolbox, flavour)?;
    let modules = toolbox.path("usr/lib/modules").join(&release);
    let script = project().join("scripts/rust-metadata");
    let folder = folder(cache, toolbox, flavour, &release, &script)?;
    let (kdir, drivers) = (folder.join("build"), folder.join("drivers"));
    let mark = folder.join("ready");
    let is_made = || mark.exists();
    let what = format!("Rust metadata for Debian's kernel {release}");
    steps.make(cache, &what, is_made, |step| {
        cache::remove(&folder)?;
        cache::need_space(cache.root(), 3.0, &what)?;
        fs::create_dir_all(&drivers)
            .with_context(|| format!("cannot make {}", drivers.display()))?;
        let mut metadata = toolbox.command("sh");
        metadata
            .arg(&script)
            .arg("--output")
            .arg(&kdir)
            .arg(&release);
        step.run(&mut metadata, None)?;
        unpack(toolbox, &modules, &drivers)?;
        fs::write(&mark, "").with_context(|| format!("cannot write {}", mark.display()))
    })?;
    Ok(Kernel {
        flavour,
        toolbox: toolbox.clone(),
        title: format!("Debian's unmodified kernel {release}"),
        image: modules.join("vmlinuz"),
        kdir,
        source: source.to_owned(),
        make_arguments: Vec::new(),
        drivers: in_order(&drivers)?,
    })
}

/// The kernel's release, as `uname -r` prints it.
pub fn release(toolbox: &Toolbox, flavour: Flavour) -> Result<String> {
    let (series, image) = flavour.debian().context("no kernel of Debian's")?;
    let start = format!("{}.", series_in(toolbox, series));
    // 7.3.4+deb13-cloud-amd64
    let is_it = |name: &str| {
        name.starts_with(&start) && name.split_once('-').is_some_and(|(_, rest)| rest == image)
    };
    let release = toolbox.entry("usr/lib/modules", is_it);
    release.with_context(|| format!("no kernel {series} {image} of Debian's"))
}

/// The series that the toolbox has for the one that is asked for: where Debian has no tested one any more, another.
fn series_in(toolbox: &Toolbox, series: &str) -> String {
    if series == toolbox.release.series {
        toolbox.series()
    } else {
        series.to_owned()
    }
}

/// A folder named by all that decides on what is made.
fn folder(
    cache: &Cache,
    toolbox: &Toolbox,
    flavour: Flavour,
    release: &str,
    script: &Path,
) -> Result<PathBuf> {
    let script =
        fs::read_to_string(script).with_context(|| format!("cannot read {}", script.display()))?;
    let packages = toolbox.packages()?;
    let headers = format!("linux-headers-{release}\t");
    let series = release.splitn(3, '.').take(2).collect::<Vec<_>>().join(".");
    let source = format!("linux-source-{series}\t");
    let decides = |line: &&str| {
        line.starts_with(&headers)
            || line.starts_with(&source)
            || MADE_FROM.iter().any(|name| line.starts_with(name))
    };
    let mut made_from: Vec<&str> = packages.lines().filter(decides).collect();
    made_from.extend([&*script, release]);
    let key = cache::key(&made_from);
    Ok(cache.path(&format!("kernel-{}-{key}", flavour.name())))
}

/// Unpacks the card's driver and all that it needs, numbered in the order in which they are loaded.
fn unpack(toolbox: &Toolbox, modules: &Path, to: &Path) -> Result<()> {
    let dep = modules.join("modules.dep");
    let dep = fs::read_to_string(&dep).with_context(|| format!("cannot read {}", dep.display()))?;
    for (nth, file) in needed(&dep, DRIVER)?.into_iter().enumerate() {
        let name = Path::new(file).file_name().unwrap_or_default();
        let name = name.to_string_lossy();
        let (name, program) = match name.rsplit_once('.') {
            Some((name, "xz")) => (name, "xz"),
            Some((name, "zst")) => (name, "zstd"),
            _ => (&*name, "cat"),
        };
        let mut command: Command = toolbox.command(program);
        if program != "cat" {
            command.args(["--decompress", "--stdout"]);
        }
        let unpacked = command
            .arg(modules.join(file))
            .output()
            .with_context(|| format!("cannot run {program}"))?;
        ensure!(
            unpacked.status.success(),
            "{file}: {}",
            String::from_utf8_lossy(&unpacked.stderr).trim()
        );
        let to = to.join(format!("{nth}-{name}"));
        fs::write(&to, unpacked.stdout)
            .with_context(|| format!("cannot write {}", to.display()))?;
    }
    Ok(())
}

/// The files that `modules.dep` names for a module, in the order in which they are loaded. None if it is built in.
fn needed<'a>(dep: &'a str, module: &str) -> Result<Vec<&'a str>> {
    let start = format!("/{module}.ko");
    let Some((file, needs)) = dep
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(file, _)| file.contains(&start))
    else {
        bail!("modules.dep does not name {module}");
    };
    // What is needed by others comes last.
    let mut files: Vec<_> = needs.split_whitespace().rev().collect();
    files.push(file);
    Ok(files)
}

fn in_order(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        files.push(entry?.path());
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_is_loaded_after_what_it_needs() {
        let dep = "kernel/a.ko.xz:\nkernel/net/virtio_net.ko.xz: kernel/net_failover.ko.xz kernel/failover.ko.xz\n";
        assert_eq!(
            needed(dep, "virtio_net").unwrap(),
            [
                "kernel/failover.ko.xz",
                "kernel/net_failover.ko.xz",
                "kernel/net/virtio_net.ko.xz"
            ]
        );
        assert!(needed(dep, "e1000").is_err());
    }
}
