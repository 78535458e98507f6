// SPDX-License-Identifier: GPL-2.0

//! What differs between architectures. Each is one file.

mod arm64;
mod x86_64;

use crate::ops::{Lifted, Register};
use anyhow::{bail, Result};
use object::{Architecture, RelocationFlags};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Arch {
    X86_64,
    Arm64,
}

/// How functions call each other.
pub struct Convention {
    /// The registers of the first six arguments, in order.
    pub arguments: [Register; 6],
    /// The registers of what a function returns.
    pub results: [Register; 2],
    /// What a call leaves as it was.
    pub preserved: &'static [Register],
    pub stack_pointer: Register,
    /// What the caller's return address is in; without one it is on the stack.
    pub link: Option<Register>,
}

/// Instructions one after the other.
pub enum Code<'a> {
    X86_64(Box<iced_x86::Decoder<'a>>),
    Arm64(&'a [u8], u64),
}

impl Code<'_> {
    /// Decodes the next one. `false` if there is none.
    pub fn lift(&mut self, to: &mut Lifted) -> bool {
        to.clear();
        match self {
            Code::X86_64(decoder) => x86_64::lift(decoder, to),
            Code::Arm64(bytes, at) => {
                let is_one = arm64::lift(bytes, *at, to);
                let length = usize::from(to.length).min(bytes.len());
                (*bytes, *at) = (&bytes[length..], at.wrapping_add(length as u64));
                is_one
            }
        }
    }
}

/// What a relocation puts where.
pub struct Fixed {
    pub value: u64,
    /// How many bytes of it.
    pub size: usize,
    /// Whether the field then holds the address itself.
    pub is_address: bool,
    /// Whether it is the page of the address.
    pub is_page: bool,
}

/// An entry of `.altinstructions`: what may be patched in, and over how many bytes.
pub struct Alternative {
    /// Both count from their own field.
    pub original: i32,
    pub other: i32,
    pub original_length: u8,
    pub other_length: u8,
}

/// How the code goes on behind an instruction that may fault.
pub struct Fault {
    /// The registers that are not as they were.
    pub changed: [Option<Register>; 2],
    /// The entry itself says that it is the user's memory.
    pub is_user: bool,
}

impl Arch {
    pub fn of(architecture: Architecture) -> Result<Self> {
        match architecture {
            Architecture::X86_64 => Ok(Arch::X86_64),
            Architecture::Aarch64 => Ok(Arch::Arm64),
            other => {
                bail!("for another architecture ({other:?}): only x86-64 and arm64 can be read")
            }
        }
    }

    pub fn convention(self) -> &'static Convention {
        match self {
            Arch::X86_64 => &x86_64::CONVENTION,
            Arch::Arm64 => &arm64::CONVENTION,
        }
    }

    /// The instructions in `bytes`, which lie at that address.
    pub fn code(self, bytes: &[u8], at: u64) -> Code<'_> {
        match self {
            Arch::X86_64 => Code::X86_64(Box::new(x86_64::decoder(bytes, at))),
            Arch::Arm64 => Code::Arm64(bytes, at),
        }
    }

    /// What comes after the number of a function's type, which kCFI puts before the function.
    pub fn after_type(self, bytes: &[u8]) -> Option<&[u8]> {
        match self {
            Arch::X86_64 => x86_64::after_type(bytes),
            Arch::Arm64 => arm64::after_type(bytes),
        }
    }

    /// The register to which a function jumps that is no more than that, by its name.
    pub fn thunk(self, name: &str) -> Option<Register> {
        match self {
            Arch::X86_64 => x86_64::thunk(name),
            Arch::Arm64 => None,
        }
    }

    /// Whether a function does no more than return, by its name.
    pub fn is_return(self, name: &str) -> bool {
        self == Arch::X86_64 && x86_64::is_return(name)
    }

    /// What a relocation of a module comes to; nothing if none of its kind is known. `field` is the
    /// address of the place, `bytes` what is there.
    pub fn relocate(
        self,
        flags: RelocationFlags,
        field: u64,
        target: u64,
        bytes: &[u8],
    ) -> Option<Fixed> {
        match self {
            Arch::X86_64 => x86_64::relocate(flags, field, target),
            Arch::Arm64 => arm64::relocate(flags, field, target, bytes),
        }
    }

    /// The length of an entry of `.altinstructions`.
    pub fn alternative_length(self) -> u64 {
        match self {
            Arch::X86_64 => x86_64::ALTERNATIVE,
            Arch::Arm64 => arm64::ALTERNATIVE,
        }
    }

    pub fn alternative(self, entry: &[u8]) -> Option<Alternative> {
        let number = |at: usize| {
            let bytes = entry.get(at..at + 4)?;
            Some(i32::from_le_bytes(bytes.try_into().ok()?))
        };
        let length = match self {
            Arch::X86_64 => x86_64::ALTERNATIVE_LENGTH_AT,
            Arch::Arm64 => arm64::ALTERNATIVE_LENGTH_AT,
        };
        Some(Alternative {
            original: number(0)?,
            other: number(4)?,
            original_length: *entry.get(length - 1)?,
            other_length: *entry.get(length)?,
        })
    }

    /// What an entry of `__ex_table` says, from its last four bytes.
    pub fn fault(self, data: u32) -> Fault {
        match self {
            Arch::X86_64 => x86_64::fault(data),
            Arch::Arm64 => arm64::fault(data),
        }
    }
}
