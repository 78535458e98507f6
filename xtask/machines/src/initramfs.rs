// SPDX-License-Identifier: GPL-2.0

//! What a machine boots into: busybox, the modules and one script, packed in memory.

use crate::{arch::Arch, project, toolbox::Toolbox};
use anyhow::{ensure, Context, Result};
use cpio::newc::{Builder, ModeFileType};
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

pub struct Initramfs {
    archive: Vec<u8>,
    entries: u32,
}

impl Initramfs {
    /// Busybox, `tests/vm/init`, `scripts/module-key`, the scenarios and what they share.
    pub fn new(toolbox: &Toolbox, arch: Arch) -> Result<Initramfs> {
        let mut initramfs = Initramfs {
            archive: Vec::new(),
            entries: 0,
        };
        for folder in [
            "bin", "dev", "drivers", "modules", "proc", "scripts", "sys", "tmp",
        ] {
            initramfs.folder(folder)?;
        }
        initramfs.add(
            "bin/busybox",
            ModeFileType::Regular,
            0o755,
            &read(&toolbox.for_guests(arch, "usr/bin/busybox"))?,
        )?;
        initramfs.add("init", ModeFileType::Regular, 0o755, &read(&guest("init"))?)?;
        initramfs = initramfs.file("", 0o644, &guest("common.sh"))?;
        initramfs = initramfs.program(&project().join("scripts/module-key"))?;
        for script in scripts()? {
            initramfs = initramfs.file("scripts/", 0o644, &script)?;
        }
        Ok(initramfs)
    }

    /// The modules that the machine loads before anything else, as `/drivers/<the file's name>`.
    pub fn drivers(self, drivers: &[PathBuf]) -> Result<Initramfs> {
        drivers.iter().try_fold(self, |packed, driver| {
            packed.file("drivers/", 0o644, driver)
        })
    }

    /// A module, as `/modules/<its file's name>`.
    pub fn module(self, ko: &Path) -> Result<Initramfs> {
        self.file("modules/", 0o644, ko)
    }

    /// A program, as `/bin/<its file's name>`.
    pub fn program(self, program: &Path) -> Result<Initramfs> {
        self.file("bin/", 0o755, program)
    }

    fn file(mut self, folder: &str, mode: u32, file: &Path) -> Result<Initramfs> {
        let name = file
            .file_name()
            .and_then(|name| name.to_str())
            .with_context(|| format!("{} has no name", file.display()))?;
        self.add(
            &format!("{folder}{name}"),
            ModeFileType::Regular,
            mode,
            &read(file)?,
        )?;
        Ok(self)
    }

    /// What the machine does once it is up.
    pub fn scenario(mut self, script: &[u8]) -> Result<Initramfs> {
        self.add("scenario", ModeFileType::Regular, 0o644, script)?;
        Ok(self)
    }

    /// A program of the toolbox, with the libraries that it is linked to, each where the program looks for it.
    pub fn linked_program(
        mut self,
        toolbox: &Toolbox,
        arch: Arch,
        program: &str,
    ) -> Result<Initramfs> {
        let libraries = format!("usr/lib/{}", arch.gnu());
        let (loader, mut needs) = linked_to(toolbox, &toolbox.for_guests(arch, program))?;
        let loader = loader.with_context(|| format!("{program} is linked to nothing"))?;
        let mut files = vec![program.to_owned()];
        while let Some(name) = needs.pop() {
            let library = format!("{libraries}/{name}");
            if !loader.ends_with(&format!("/{name}")) && !files.contains(&library) {
                let (_, its) = linked_to(toolbox, &toolbox.for_guests(arch, &library))?;
                needs.extend(its);
                files.push(library);
            }
        }
        files.push(loader);
        for file in files {
            // In a root that is not booted, the links from /lib to /usr/lib may be missing.
            let content = read(&toolbox.for_guests(arch, &file))
                .or_else(|_| read(&toolbox.for_guests(arch, &format!("usr/{file}"))))?;
            let folders: Vec<_> = Path::new(&file).ancestors().skip(1).collect();
            // That a folder is there already does no harm.
            for folder in folders.iter().rev().filter_map(|folder| folder.to_str()) {
                self.folder(folder)?;
            }
            self.add(&file, ModeFileType::Regular, 0o755, &content)?;
        }
        Ok(self)
    }

    /// The kernel's image, as `/kernel`.
    pub fn kernel(mut self, image: &Path) -> Result<Initramfs> {
        self.add("kernel", ModeFileType::Regular, 0o644, &read(image)?)?;
        Ok(self)
    }

    pub fn write(mut self, to: &Path) -> Result<()> {
        cpio::newc::trailer(&mut self.archive)?;
        fs::write(to, self.archive).with_context(|| format!("cannot write {}", to.display()))
    }

    fn folder(&mut self, name: &str) -> Result<()> {
        self.add(name, ModeFileType::Directory, 0o755, b"")
    }

    fn add(&mut self, name: &str, kind: ModeFileType, mode: u32, content: &[u8]) -> Result<()> {
        self.entries += 1;
        let size = u32::try_from(content.len()).with_context(|| format!("{name} is too big"))?;
        let entry = Builder::new(name)
            .ino(self.entries)
            .mode(mode)
            .set_mode_file_type(kind);
        let mut entry = entry.write(&mut self.archive, size);
        entry.write_all(content)?;
        entry.finish()?;
        Ok(())
    }
}

/// A file of the guest's side of the tests.
pub fn guest(name: &str) -> PathBuf {
    project().join("tests/vm").join(name)
}

/// The scenarios.
fn scripts() -> Result<Vec<PathBuf>> {
    let folder = guest("");
    let files =
        fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut scripts = Vec::new();
    for file in files {
        let path = file?.path();
        if path.extension().is_some_and(|extension| extension == "sh") {
            scripts.push(path);
        }
    }
    scripts.sort();
    Ok(scripts)
}

/// What loads a program, and the libraries that a program or library needs itself. It need not be one for this machine.
fn linked_to(toolbox: &Toolbox, file: &Path) -> Result<(Option<String>, Vec<String>)> {
    let output = toolbox
        .command("readelf")
        .args(["--wide", "--program-headers", "--dynamic"])
        .arg(file)
        .output()
        .context("cannot run readelf")?;
    ensure!(
        output.status.success(),
        "{}: {}",
        file.display(),
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(named_in(&String::from_utf8_lossy(&output.stdout)))
}

fn named_in(headers: &str) -> (Option<String>, Vec<String>) {
    let named = |line: &str, before: &str| {
        let (_, rest) = line.split_once(before)?;
        rest.split_once(']').map(|(name, _)| name.to_owned())
    };
    let mut loaders = headers
        .lines()
        .filter_map(|line| named(line, "[Requesting program interpreter: /"));
    let needs = headers
        .lines()
        .filter_map(|line| named(line, "Shared library: ["));
    (loaders.next(), needs.collect())
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readelf_names_the_libraries_and_what_loads_them() {
        let headers = "      [Requesting program interpreter: /lib/ld-linux-aarch64.so.1]\n\
                       \x20 LOAD 0x000000\n\
                       \x200x01 (NEEDED)             Shared library: [libz.so.1]\n\
                       \x200x01 (NEEDED)             Shared library: [libc.so.6]\n";
        let (loader, needs) = named_in(headers);
        assert_eq!(loader.as_deref(), Some("lib/ld-linux-aarch64.so.1"));
        assert_eq!(needs, ["libz.so.1", "libc.so.6"]);
    }
}
