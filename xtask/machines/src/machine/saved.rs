// SPDX-License-Identifier: GPL-2.0

//! Machines that have booted once, kept as files: others start from there.

use super::{accel, Boot, Machine};
use crate::toolbox::Toolbox;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A machine as it was when it asked for its task.
pub struct Saved {
    state: PathBuf,
    initramfs: PathBuf,
    console: Vec<String>,
    _folder: TempDir,
}

impl Saved {
    /// Boots a machine from the initramfs in `folder`, and keeps it there.
    pub fn make(
        boot: &Boot<'_>,
        folder: TempDir,
        toolbox: &Toolbox,
        tell: &dyn Fn(&str),
    ) -> Result<Saved> {
        let state = folder.path().join("state");
        let mut machine = boot.start_asking(toolbox, tell)?;
        machine
            .control()?
            .save(&state)
            .context("the machine is not saved")?;
        Ok(Saved {
            state,
            initramfs: boot.initramfs.to_owned(),
            console: machine.lines(),
            _folder: folder,
        })
    }

    /// Starts a machine that goes on from there. `boot` is that of the saved one, but for its frames, log and limit.
    pub fn resume(&self, boot: &Boot<'_>, toolbox: &Toolbox) -> Result<Machine> {
        let boot = Boot {
            initramfs: &self.initramfs,
            ..*boot
        };
        boot.start_qemu(toolbox, accel::best(boot.kernel, toolbox)?, Some(self))
    }

    /// What QEMU reads.
    pub fn state(&self) -> &Path {
        &self.state
    }

    /// What the console had shown until then.
    pub fn console(&self) -> &[String] {
        &self.console
    }
}
