// SPDX-License-Identifier: GPL-2.0

//! The project's own programs that suites use, each built once, by the first that needs it.

use crate::{cache::Cache, program};
use anyhow::{anyhow, Result};
use std::{
    path::{Path, PathBuf},
    sync::OnceLock,
};

#[derive(Default)]
pub struct Programs {
    panic_listen: Program,
    context_check: Program,
}

type Program = OnceLock<Result<PathBuf, String>>;

impl Programs {
    pub fn panic_listen(&self) -> Result<&Path> {
        built(&self.panic_listen, program::panic_listen)
    }

    pub fn context_check(&self) -> Result<&Path> {
        built(&self.context_check, || {
            program::context_check(&Cache::open()?)
        })
    }
}

fn built(program: &Program, build: impl FnOnce() -> Result<PathBuf>) -> Result<&Path> {
    match program.get_or_init(|| build().map_err(|error| format!("{error:#}"))) {
        Ok(path) => Ok(path),
        Err(why) => Err(anyhow!("{why}")),
    }
}
