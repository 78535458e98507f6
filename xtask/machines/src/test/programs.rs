// SPDX-License-Identifier: GPL-2.0

//! The project's own programs that suites use, each built once, by the first that needs it.

use crate::{cache::Cache, program};
use anyhow::{anyhow, Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

pub struct Programs {
    /// Where what Cargo may build anew, for another run, is kept for this one.
    folder: PathBuf,
    panic_listen: Program,
    context_check: Program,
}

type Program = OnceLock<Result<PathBuf, String>>;

impl Programs {
    pub fn new(folder: PathBuf) -> Programs {
        Programs {
            folder,
            panic_listen: Program::default(),
            context_check: Program::default(),
        }
    }

    pub fn panic_listen(&self) -> Result<&Path> {
        built(&self.panic_listen, || {
            keep(&program::panic_listen()?, &self.folder)
        })
    }

    pub fn context_check(&self) -> Result<&Path> {
        built(&self.context_check, || {
            program::context_check(&Cache::open()?)
        })
    }
}

/// A second name, in that folder, for a program that Cargo has built: it stays when Cargo builds another in its place.
pub fn keep(program: &Path, folder: &Path) -> Result<PathBuf> {
    let kept = folder.join(program.file_name().context("a program without a name")?);
    fs::hard_link(program, &kept)
        .or_else(|_| fs::copy(program, &kept).map(drop))
        .with_context(|| format!("cannot keep {}", program.display()))?;
    Ok(kept)
}

fn built(program: &Program, build: impl FnOnce() -> Result<PathBuf>) -> Result<&Path> {
    match program.get_or_init(|| build().map_err(|error| format!("{error:#}"))) {
        Ok(path) => Ok(path),
        Err(why) => Err(anyhow!("{why}")),
    }
}
