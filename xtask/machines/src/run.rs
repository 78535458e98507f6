// SPDX-License-Identifier: GPL-2.0

//! `cargo xtask run`: modules of one's own in a virtual machine, its console on the terminal.

use crate::{
    arch::Arch,
    cache::Cache,
    initramfs::Initramfs,
    kernel::{Flavour, Kernel, Kind},
    machine::{Boot, Machine},
    model::{Model, TESTDEV},
    progress::Steps,
    run_folder::RunFolder,
    setup::{self, KernelArgs},
    toolbox::Toolbox,
};
use anyhow::{bail, ensure, Context, Result};
use object::{Architecture, File, Object};
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

#[derive(clap::Args)]
pub struct Args {
    /// The kernel to boot, for which the modules were built
    #[arg(long, value_name = "KERNEL", default_value = "lean")]
    kernel: Kind,
    /// The architecture of the machine
    #[arg(long, default_value_t = Arch::HOST)]
    arch: Arch,
    /// What the machine's shell does when the modules are loaded, such as 'rmmod beacon', 'crash', 'reboot' or 'halt'
    ///
    /// The shell is busybox's, and ends with the first command that fails. Then the machine is switched off. The modules
    /// are in /modules. The machine has 2 CPUs and 256 MiB of memory (1 GiB with the debug kernel, 512 MiB with Debian's
    /// and with User-Mode Linux). It has no network card. Except with User-Mode Linux, it has QEMU's `pci-testdev`
    /// (1b36:0005), to which a PCI driver can be bound.
    #[arg(long = "then", value_name = "COMMANDS", default_value = "")]
    commands: String,
    /// Switch the machine off after so many seconds if it has not done that itself: 60, or 180 for an architecture that
    /// is emulated, if nothing is said
    #[arg(long, value_name = "SECONDS")]
    limit: Option<u64>,
    /// Modules, each followed by its parameters: beacon.ko panic_notifiers=beacon
    #[arg(required = true, value_name = "MODULE.ko [PARAMETER=VALUE]")]
    modules: Vec<String>,
}

pub fn run(args: &Args) -> Result<()> {
    let flavours = [Flavour::new(args.kernel, args.arch)?];
    let (modules, load) = modules(&args.modules)?;
    for module in &modules {
        is_for_machine(module, args.arch)?;
    }
    let cache = Cache::open()?;
    let run_folder = RunFolder::new("run")?;
    let mut steps = Steps::new(&run_folder, setup::steps(&flavours));
    let none = KernelArgs { kdir: None };
    let (toolbox, kernels) = setup::ready(&cache, &flavours, &none, &mut steps)?;
    drop(steps);
    let kernel = kernels.first().context("no kernel to boot")?;
    for module in &modules {
        is_for(&toolbox, kernel, module)?;
    }

    let usual = if args.arch == Arch::HOST { 60 } else { 180 };
    let limit = args.limit.unwrap_or(usual);
    let mut machine = Guest {
        kernel,
        modules: &modules,
        scenario: &format!(". /common.sh\n{load}{}\n", args.commands),
        // A panic is the end, too.
        cmdline: "panic=-1",
        log: &run_folder.path().join("console"),
        limit: Duration::from_secs(limit),
    }
    .boot(&toolbox)?;
    let mut ended = None;
    while let Ok(line) = machine.expect("") {
        println!("{line}");
        if let Some((_, status)) = line.split_once("] scenario ended: ") {
            ended = Some(status.to_owned());
        }
        // It stays on, and does nothing more.
        if line.ends_with("] reboot: System halted") {
            return Ok(());
        }
    }
    let off = machine.wait_off();
    off.with_context(|| format!("a machine may run for {limit} s, or as long as --limit says"))?;
    match ended.as_deref() {
        Some("0") => Ok(()),
        Some(status) => bail!("a command in the machine failed: exit status {status}"),
        // They may be there to crash it.
        None if !args.commands.is_empty() => Ok(()),
        None => bail!("the machine died before it had loaded the modules and was switched off"),
    }
}

/// Whether the module is for that architecture, before anything is made that takes long.
fn is_for_machine(module: &Path, arch: Arch) -> Result<()> {
    let shown = module.display();
    let bytes = fs::read(module).with_context(|| format!("cannot read {shown}; build it first"))?;
    let found = File::parse(&*bytes).map(|file| file.architecture());
    let other = match found {
        Ok(Architecture::X86_64) => Arch::X86_64,
        Ok(Architecture::Aarch64) => Arch::Arm64,
        Ok(other) => bail!("{shown}: it was built for another architecture ({other:?})"),
        Err(_) => bail!("{shown}: this is no module"),
    };
    ensure!(
        other == arch,
        "{shown}: it was built for {other}, and the machine is of {arch}; name the other with --arch"
    );
    Ok(())
}

/// Whether the module was built for that kernel, whose loader would not say what to do.
fn is_for(toolbox: &Toolbox, kernel: &Kernel, module: &Path) -> Result<()> {
    let vermagic = vermagic(toolbox, module)?;
    let found = vermagic.split(' ').next().unwrap_or_default();
    let wanted = kernel.release()?;
    ensure!(
        found == wanted,
        "{}: it was built for the kernel {found}, and {} is {wanted}; build it for that one, or name its own with --kernel",
        module.display(),
        kernel.title
    );
    Ok(())
}

/// What the kernel compares before it loads a module: the release that it was built for, and what decides on layouts.
pub fn vermagic(toolbox: &Toolbox, module: &Path) -> Result<String> {
    let file = module
        .canonicalize()
        .with_context(|| format!("cannot read {}; build it first", module.display()))?;
    let folder = file.parent().context("a file without a folder")?;
    let output = toolbox
        .command_reading("modinfo", &[folder])
        .arg("--field=vermagic")
        .arg(&file)
        .output()
        .context("cannot start modinfo")?;
    let vermagic = String::from_utf8_lossy(&output.stdout);
    ensure!(
        !vermagic.trim().is_empty(),
        "{}: this is no module",
        module.display()
    );
    Ok(vermagic.trim().to_owned())
}

/// What was named on the command line, and what loads it.
fn modules(words: &[String]) -> Result<(Vec<PathBuf>, String)> {
    let (mut files, mut load) = (Vec::new(), String::new());
    for word in words {
        let path = Path::new(word);
        match path.file_name().and_then(|name| name.to_str()) {
            Some(name) if name.ends_with(".ko") && !word.contains('=') => {
                ensure!(
                    files.iter().all(|file: &PathBuf| !file.ends_with(name)),
                    "{word}: another module is called {name}, and the machine has one folder for all"
                );
                files.push(path.to_owned());
                load += &format!("\ninsmod {}", quoted(&format!("/modules/{name}")));
            }
            _ if word.contains('=') && !files.is_empty() => load += &format!(" {}", quoted(word)),
            _ => bail!("{word}: give a module, as a file with the ending .ko, then its parameters"),
        }
    }
    Ok((files, load + "\n"))
}

/// One word of the shell's.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// A machine that runs a script with modules of somebody else's.
pub struct Guest<'a> {
    pub kernel: &'a Kernel,
    pub modules: &'a [PathBuf],
    pub scenario: &'a str,
    pub cmdline: &'a str,
    pub log: &'a Path,
    pub limit: Duration,
}

impl Guest<'_> {
    pub fn boot(&self, toolbox: &Toolbox) -> Result<Machine> {
        // The machine reads it to the end before anything shows, and UML leaves files beside it.
        let folder = self.log.with_extension("files");
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let initramfs = folder.join("initramfs");
        let mut archive = Initramfs::new(toolbox, self.kernel.flavour.arch)?
            .scenario(self.scenario.as_bytes())?;
        for module in self.modules {
            archive = archive.module(module)?;
        }
        archive.write(&initramfs)?;
        Boot {
            model: Model {
                options: TESTDEV,
                ..Model::alone(self.kernel.flavour)
            },
            kernel: self.kernel,
            initramfs: &initramfs,
            cmdline: self.cmdline,
            frames_to: None,
            disk: None,
            sound: None,
            log: self.log,
            limit: self.limit,
        }
        .start(toolbox)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_for_another_architecture_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("fan.ko");
        let why = |bytes: &[u8], arch| {
            fs::write(&file, bytes).unwrap();
            is_for_machine(&file, arch).unwrap_err().to_string()
        };
        // The header of an object file, without sections, of the machine 183.
        let mut bytes = [0; 64];
        bytes[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
        (bytes[16], bytes[18], bytes[20], bytes[52], bytes[58]) = (1, 183, 1, 64, 64);
        assert!(why(&bytes, Arch::X86_64).contains("built for arm64"));
        is_for_machine(&file, Arch::Arm64).unwrap();
        assert!(why(b"text", Arch::X86_64).contains("this is no module"));
    }

    #[test]
    fn each_module_is_loaded_with_its_own_parameters() {
        let words = ["a/fan.ko", "rpm=1 2", "beacon.ko", "name=it's"].map(str::to_owned);
        let (files, load) = modules(&words).expect("modules");
        assert_eq!(files, [Path::new("a/fan.ko"), Path::new("beacon.ko")]);
        let expected = "\ninsmod '/modules/fan.ko' 'rpm=1 2'\n\
                        insmod '/modules/beacon.ko' 'name=it'\\''s'\n";
        assert_eq!(load, expected);
        for wrong in [["rpm=1"], ["fan"], ["../beacon"]] {
            assert!(modules(&wrong.map(str::to_owned)).is_err());
        }
        let equal = modules(&["a/fan.ko", "rpm=1", "b/fan.ko"].map(str::to_owned));
        let error = equal.unwrap_err().to_string();
        assert!(error.contains("another module is called fan.ko"), "{error}");
    }
}
