// SPDX-License-Identifier: GPL-2.0

//! What a machine boots into: busybox, the modules and one script, packed in memory.

use crate::{project, toolbox::Toolbox};
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
    pub fn new(toolbox: &Toolbox) -> Result<Initramfs> {
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
            &read(&toolbox.path("usr/bin/busybox"))?,
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

    /// A program of the toolbox, with the libraries that it is linked to, each where it is there.
    pub fn linked_program(mut self, toolbox: &Toolbox, program: &str) -> Result<Initramfs> {
        let ldd = toolbox.command("ldd").arg(program).output();
        let ldd = ldd.context("cannot run ldd")?;
        ensure!(
            ldd.status.success(),
            "{program}: {}",
            String::from_utf8_lossy(&ldd.stderr).trim()
        );
        let linked = String::from_utf8_lossy(&ldd.stdout);
        for file in [program].into_iter().chain(libraries(&linked)) {
            let file = file.trim_start_matches('/');
            let folders: Vec<_> = Path::new(file).ancestors().skip(1).collect();
            // That a folder is there already does no harm.
            for folder in folders.iter().rev().filter_map(|folder| folder.to_str()) {
                self.folder(folder)?;
            }
            let content = read(&toolbox.path(file))?;
            self.add(file, ModeFileType::Regular, 0o755, &content)?;
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

/// The files that ldd names.
fn libraries(ldd: &str) -> impl Iterator<Item = &str> {
    ldd.split_whitespace().filter(|word| word.starts_with('/'))
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ldd_names_the_libraries_and_what_loads_them() {
        let ldd = "\tlinux-vdso.so.1 (0x00007fa9)\n\tlibc.so.6 => /lib/libc.so.6 (0x00007fa9)\n\
                   \t/lib64/ld-linux-x86-64.so.2 (0x00007fa9)\n";
        let found: Vec<_> = libraries(ldd).collect();
        assert_eq!(found, ["/lib/libc.so.6", "/lib64/ld-linux-x86-64.so.2"]);
    }
}
