// SPDX-License-Identifier: GPL-2.0

//! `cargo xtask check`: what the kernel's lints and its rustfmt say of code that runs there.

use crate::{
    arch::Arch,
    cache::{self, Cache, Lock},
    kernel::{Flavour, Kernel},
    modules,
    progress::Steps,
    project,
    run_folder::RunFolder,
    setup::{self, KernelArgs},
    toolbox::Toolbox,
};
use anyhow::{ensure, Context, Result};
use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Where code for the kernel is in this project.
pub const FOLDERS: [&str; 5] = ["src", "samples", "tests", "wire/src", "xtask/templates"];

#[derive(clap::Args)]
pub struct Args {
    /// The folder of a driver of your own; this project when none is named
    path: Option<PathBuf>,
    #[command(flatten)]
    kernel: KernelArgs,
}

pub fn run(args: &Args) -> Result<()> {
    with(args, |built| {
        let lints_pass = shown(&mut built.lints()?)?;
        let format_passes = shown(&mut match built.driver {
            Some(driver) => rustfmt(built.toolbox, driver, &[driver])?,
            None => rustfmt_own(built.toolbox)?,
        })?;
        ensure!(
            lints_pass && format_passes,
            "{} has something to mend; see above",
            built.folder().display()
        );
        println!("{}: nothing to mend", built.folder().display());
        Ok(())
    })
}

/// Does the work for what the user has named.
pub fn with(args: &Args, work: impl FnOnce(&Built<'_>) -> Result<()>) -> Result<()> {
    let driver = args.path.as_deref().map(modules::driver).transpose()?;
    let cache = Cache::open()?;
    let run = RunFolder::new("check")?;
    // The debug kernel has what all modules of the project need.
    let flavour = driver.as_ref().map_or(Flavour::DEBUG, |_| Flavour::LEAN);
    let flavour = flavour.on(Arch::HOST);
    let mut steps = Steps::new(&run, setup::steps(&[flavour]));
    let (toolbox, kernels) = setup::ready(&cache, &[flavour], &args.kernel, &mut steps)?;
    let kernel = kernels.first().context("no kernel")?;
    work(&Built::kept(&toolbox, kernel, driver.as_deref())?)
}

/// What was built the last time, so that only what has changed since is looked at.
pub struct Built<'a> {
    pub toolbox: &'a Toolbox,
    pub kernel: &'a Kernel,
    /// The folder of a driver, if it is not this project that is looked at.
    pub driver: Option<&'a Path>,
    pub out: PathBuf,
    _lock: Lock,
}

impl<'a> Built<'a> {
    /// Keeps what is built where the next call finds it. Without a driver, it is this project's.
    pub fn kept(
        toolbox: &'a Toolbox,
        kernel: &'a Kernel,
        driver: Option<&'a Path>,
    ) -> Result<Built<'a>> {
        let folder = driver.unwrap_or(project());
        let key = cache::key(&[&folder.to_string_lossy(), &kernel.kdir.to_string_lossy()]);
        let out = project().join(format!("target/check/{key}"));
        Built::in_folder(&out, toolbox, kernel, driver)
    }

    /// Keeps what is built in `out`.
    pub fn in_folder(
        out: &Path,
        toolbox: &'a Toolbox,
        kernel: &'a Kernel,
        driver: Option<&'a Path>,
    ) -> Result<Built<'a>> {
        fs::create_dir_all(out).with_context(|| format!("cannot make {}", out.display()))?;
        Ok(Built {
            _lock: Lock::wait(&out.with_extension("lock"))?,
            toolbox,
            kernel,
            driver,
            out: out.to_owned(),
        })
    }

    /// The folder that is looked at.
    pub fn folder(&self) -> &Path {
        self.driver.unwrap_or(project())
    }

    /// The call that lints all that is in the folder.
    pub fn lints(&self) -> Result<Command> {
        let (kernel, out) = (self.kernel, &self.out);
        let mut make = match &self.driver {
            Some(driver) => modules::make_driver(kernel, driver, out)?,
            None => modules::make(kernel, &modules::FOLDERS, out)?,
        };
        make.args(LINTS).args(["-k", "-s", "--no-print-directory"]);
        Ok(make)
    }
}

/// What `make` is told to lint: a file with a warning fails, and so is looked at again the next time.
const LINTS: [&str; 3] = ["CLIPPY=1", "KRUSTFLAGS=-Dwarnings", "KCFLAGS=-Werror"];

/// The call that compares this project's code for the kernel with what rustfmt would make of it.
pub fn rustfmt_own(toolbox: &Toolbox) -> Result<Command> {
    let folders = FOLDERS.map(|folder| project().join(folder));
    rustfmt(toolbox, project(), &folders)
}

/// The same for all files in some folders, which are in one that is read.
fn rustfmt(toolbox: &Toolbox, read: &Path, folders: &[impl AsRef<Path>]) -> Result<Command> {
    let mut files = Vec::new();
    for folder in folders {
        rust_files(folder.as_ref(), &mut files)?;
    }
    ensure!(
        !files.is_empty(),
        "{}: there is no code to look at",
        read.display()
    );
    let mut rustfmt = toolbox.command_reading("rustfmt", &[read]);
    rustfmt.args(["--check", "--edition", "2021"]).args(&files);
    Ok(rustfmt)
}

pub fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        let is_generated = path.to_string_lossy().ends_with("_generated.rs");
        if path.is_dir() {
            rust_files(&path, files)?;
        } else if is_rust && !is_generated {
            files.push(path);
        }
    }
    Ok(())
}

/// Runs a program, and gives whether it succeeds. What it has to say is shown once: the library is
/// built into each module, and the compiler says the same of it every time.
fn shown(command: &mut Command) -> Result<bool> {
    let output = command
        .output()
        .with_context(|| format!("cannot start {:?}", command.get_program()))?;
    let text = [output.stdout, output.stderr].concat();
    for part in once(&String::from_utf8_lossy(&text)) {
        eprintln!("{part}\n");
    }
    Ok(output.status.success())
}

/// The parts between empty lines, each once. What every `make` on the way up has to say of an error
/// is left out.
fn once(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| !line.starts_with("make["));
    let text = lines.collect::<Vec<_>>().join("\n");
    let mut said = HashSet::new();
    text.split("\n\n")
        .map(|part| part.trim_matches('\n').to_owned())
        .filter(|part| !part.is_empty() && said.insert(part.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_the_library_in_each_module_is_shown_once() {
        let text = "error: a\n --> b\n\nmake[3]: *** no\nerror: a\n --> b\n\nerror: c\n\n";
        assert_eq!(once(text), ["error: a\n --> b", "error: c"]);
    }
}
