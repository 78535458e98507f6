// SPDX-License-Identifier: GPL-2.0

//! What differs between the architectures.

use super::{arm64, x86_64};
use anyhow::{bail, Result};
use object::{File, Object};

/// An architecture whose instructions can be read.
pub struct Architecture {
    /// What a person calls it.
    pub name: &'static str,
    /// Decodes the instruction at a place in a function's code, if there is one.
    pub decode: fn(code: &[u8], at: usize) -> Option<Instruction>,
}

/// An instruction.
#[derive(Debug, PartialEq, Eq)]
pub struct Instruction {
    pub text: String,
    pub flow: Flow,
    /// How many bytes it has.
    pub length: usize,
}

/// Where the CPU goes from an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// To the next one.
    Next,
    /// To the next one, or elsewhere if a condition holds.
    Conditional,
    /// To a function that is named in it, and then to the next one.
    Call,
    /// To a function that is named in it, or else to this place in the same one.
    Jump(usize),
    /// To the caller.
    Return,
    /// To where only the running machine knows, or nowhere.
    Unknown,
}

impl Architecture {
    /// That of an object file.
    pub fn of(file: &File<'_>) -> Result<&'static Architecture> {
        match file.architecture() {
            object::Architecture::X86_64 => Ok(&x86_64::ARCHITECTURE),
            object::Architecture::Aarch64 => Ok(&arm64::ARCHITECTURE),
            other => bail!("no instruction of {other:?} can be read here"),
        }
    }
}
