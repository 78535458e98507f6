// SPDX-License-Identifier: GPL-2.0

//! User-Mode Linux: the kernel as a program.

use super::Boot;
use anyhow::{Context, Result};
use std::process::{Command, Stdio};

pub fn command(boot: &Boot<'_>) -> Result<Command> {
    let folder = boot
        .initramfs
        .parent()
        .context("the initramfs has no folder")?;
    let mut linux = Command::new(&boot.kernel.image);
    linux
        .arg(format!("mem={}M", boot.model.memory_mib))
        .arg(format!("initrd={}", boot.initramfs.display()))
        // Where it would otherwise make a folder in the user's home.
        .arg(format!("uml_dir={}", folder.display()))
        .args(["con=null", "con0=null,fd:1"])
        .args(["ignore_loglevel", "printk.devkmsg=on", "panic=-1"])
        .args(boot.cmdline.split_whitespace())
        .stdin(Stdio::null());
    Ok(linux)
}
