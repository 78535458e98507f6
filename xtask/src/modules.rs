// SPDX-License-Identifier: GPL-2.0

//! The project's own modules, built by its own `Makefile`.

use crate::{cache::Cache, kernel::Kernel, progress::Steps, toolbox::Toolbox};
use anyhow::Result;
use std::path::PathBuf;

/// Builds the library and the samples for a kernel and gives their `.ko` files.
pub fn build(_cache: &Cache, _toolbox: &Toolbox, _kernel: &Kernel, _steps: &mut Steps) -> Result<Vec<PathBuf>> {
    todo!()
}
