// SPDX-License-Identifier: GPL-2.0

//! Folders that make can build in.

use anyhow::{bail, Context, Result};
use std::path::Path;

/// Returns the folder's path if make can build there. Kbuild takes paths apart at spaces and colons, and make has a
/// meaning for some other signs.
pub fn check(folder: &Path) -> Result<&str> {
    let path = folder
        .to_str()
        .with_context(|| format!("{} is not UTF-8; choose another name", folder.display()))?;
    let sign = path
        .chars()
        .find(|sign| !sign.is_alphanumeric() && !"/._-+@,".contains(*sign));
    match sign {
        None => Ok(path),
        Some(sign) => {
            bail!("{path}: make cannot build in a folder whose path has a {sign:?} in it; choose another")
        }
    }
}
