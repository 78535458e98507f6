// SPDX-License-Identifier: GPL-2.0

//! What a machine boots into: busybox, the modules and one script, packed in memory.

use crate::{project, toolbox::Toolbox};
use anyhow::{Context, Result};
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
    /// Busybox, `tests/vm/init` and what scenarios share.
    pub fn new(toolbox: &Toolbox) -> Result<Initramfs> {
        let mut initramfs = Initramfs {
            archive: Vec::new(),
            entries: 0,
        };
        for folder in ["bin", "dev", "modules", "proc", "sys", "tmp"] {
            initramfs.add(folder, ModeFileType::Directory, 0o755, b"")?;
        }
        initramfs.add(
            "bin/busybox",
            ModeFileType::Regular,
            0o755,
            &read(&toolbox.path("usr/bin/busybox"))?,
        )?;
        initramfs.add("init", ModeFileType::Regular, 0o755, &read(&guest("init"))?)?;
        initramfs.add(
            "common.sh",
            ModeFileType::Regular,
            0o644,
            &read(&guest("common.sh"))?,
        )?;
        Ok(initramfs)
    }

    /// A module, as `/modules/<its file's name>`.
    pub fn module(mut self, ko: &Path) -> Result<Initramfs> {
        let name = ko
            .file_name()
            .and_then(|name| name.to_str())
            .context("a module without a name")?;
        self.add(
            &format!("modules/{name}"),
            ModeFileType::Regular,
            0o644,
            &read(ko)?,
        )?;
        Ok(self)
    }

    /// What the machine does once it is up.
    pub fn scenario(mut self, script: &[u8]) -> Result<Initramfs> {
        self.add("scenario", ModeFileType::Regular, 0o644, script)?;
        Ok(self)
    }

    pub fn write(mut self, to: &Path) -> Result<()> {
        cpio::newc::trailer(&mut self.archive)?;
        fs::write(to, self.archive).with_context(|| format!("cannot write {}", to.display()))
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

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}
