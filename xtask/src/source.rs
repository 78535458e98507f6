// SPDX-License-Identifier: GPL-2.0

//! The kernel's source tree, unpacked from the toolbox.

use crate::{
    cache::{self, Cache},
    progress::Steps,
    toolbox::Toolbox,
};
use anyhow::{Context, Result};
use std::{fs, path::PathBuf};

/// The source, unpacked first when it is missing. All kernels are built from this one tree, outside
/// of it.
pub fn ready(cache: &Cache, toolbox: &Toolbox, steps: &mut Steps) -> Result<PathBuf> {
    let tree = folder(cache, toolbox)?;
    let is_made = || tree.is_dir();
    steps.make(cache, "kernel source", is_made, |step| {
        cache.unfinished("source", |unfinished| {
            cache::need_space(unfinished, 2.0, "the kernel's source")?;
            let mut tar = toolbox.command("tar");
            tar.args(["--extract", "--no-same-owner", "--strip-components=1"]);
            tar.arg("--directory").arg(unfinished);
            tar.arg("--file")
                .arg(toolbox.in_usr_src(&package(toolbox))?);
            step.run(&mut tar, None)?;
            fs::rename(unfinished, &tree).context("cannot move the source to where it belongs")
        })
    })?;
    Ok(tree)
}

/// Where the source is, once it is unpacked.
pub fn folder(cache: &Cache, toolbox: &Toolbox) -> Result<PathBuf> {
    let packages = toolbox.packages()?;
    let package = package(toolbox);
    let version = packages
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .find_map(|(name, version)| (name == package).then_some(version))
        .context("the toolbox has no kernel source")?;
    Ok(cache.path(&folder_name(version)))
}

fn package(toolbox: &Toolbox) -> String {
    format!("linux-source-{}", toolbox.series())
}

/// A package's version may have signs in it that make and the shell read otherwise.
fn folder_name(version: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || c == '.' {
            c
        } else {
            '-'
        }
    };
    format!("linux-{}", version.chars().map(plain).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_no_special_sign() {
        assert_eq!(folder_name("7.3.4-1~bpo13+1"), "linux-7.3.4-1-bpo13-1");
        assert_eq!(folder_name("2:7.4 $(x)"), "linux-2-7.4---x-");
    }
}
