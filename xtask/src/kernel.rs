// SPDX-License-Identifier: GPL-2.0

//! The kernels that the project is shown and tested on.

use crate::{cache::Cache, progress::Steps, toolbox::Toolbox};
use anyhow::Result;
use std::path::{Path, PathBuf};

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Flavour {
    /// User-Mode Linux: in-kernel tests and benchmarks.
    Uml,
    /// x86-64 with little in it: the demo.
    Lean,
    /// x86-64 with everything that makes a kernel complain: the tests.
    Debug,
}

pub struct Kernel {
    pub flavour: Flavour,
    /// The build tree, what `make KDIR=` takes.
    pub kdir: PathBuf,
    /// What boots: UML's program, which runs outside the toolbox too, or an image for QEMU's `-kernel`.
    pub image: PathBuf,
    /// The source tree that `kdir` was built from (`tools/testing/kunit/kunit.py` is there).
    pub source: PathBuf,
}

/// The kernel, built first when it is missing.
pub fn ready(_cache: &Cache, _toolbox: &Toolbox, _flavour: Flavour, _steps: &mut Steps) -> Result<Kernel> {
    todo!()
}

/// The caller's own kernel build tree, when it can serve.
pub fn theirs(_kdir: &Path) -> Result<Kernel> {
    todo!()
}
