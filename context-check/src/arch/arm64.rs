// SPDX-License-Identifier: GPL-2.0

//! arm64.
//!
//! Registers 0 to 30 have their own numbers, and 31 is the stack pointer: where an instruction
//! means the zero register by it, it reads the number 0 and writes nothing.

mod compute;
mod lift;
mod memory;
mod raw;
mod relocate;
#[cfg(test)]
mod tests;

use super::{Convention, Fault};
use crate::ops::Register;

pub use lift::lift;
pub use relocate::relocate;

const LINK: Register = 30;
const STACK_POINTER: Register = 31;

pub const CONVENTION: Convention = Convention {
    arguments: [0, 1, 2, 3, 4, 5],
    results: [0, 1],
    // x18 is the shadow call stack's if the kernel has one, else anybody's.
    preserved: &[19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29],
    stack_pointer: STACK_POINTER,
    link: Some(LINK),
};

/// `struct alt_instr`: two offsets, the capability, the length of the original, that of the other.
/// An entry that names a function instead of code has none.
pub const ALTERNATIVE: u64 = 12;
pub const ALTERNATIVE_LENGTH_AT: usize = 11;

/// From `struct exception_table_entry`: 16 bits of type, and 16 of data.
pub fn fault(data: u32) -> Fault {
    const USER_ERROR_ZERO: u16 = 2;
    const KERNEL_ERROR_ZERO: u16 = 3;
    const USER_COPY: u16 = 4;
    const UNALIGNED_ZERO_PAD: u16 = 5;

    let (kind, data) = (data as u16, data >> 16);
    let register = |at: u32| match (data >> at & 31) as Register {
        31 => None,
        register => Some(register),
    };
    Fault {
        changed: match kind {
            // The error and the result, which is zero.
            USER_ERROR_ZERO | KERNEL_ERROR_ZERO => [register(0), register(5)],
            // What has been read; the other is only the address.
            UNALIGNED_ZERO_PAD => [register(0), None],
            _ => [None, None],
        },
        is_user: matches!(kind, USER_ERROR_ZERO | USER_COPY),
    }
}

/// A word, which is no instruction.
pub fn after_type(bytes: &[u8]) -> Option<&[u8]> {
    bytes.get(4..)
}
