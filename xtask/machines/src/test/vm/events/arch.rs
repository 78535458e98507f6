// SPDX-License-Identifier: GPL-2.0

//! What the die chain is told by each architecture.

use crate::arch::Arch;

/// Events as `exception_monitor` logs them.
pub struct Died {
    pub bug: &'static [&'static str],
    pub null: &'static [&'static str],
    /// The panic's message after that.
    pub null_panic: &'static str,
}

/// A trap comes first, which a handler may settle, and then the oops.
const X86_64: Died = Died {
    bug: &[
        "Trap: invalid opcode: error 0x0, trap 6, signal 4",
        "Oops: invalid opcode: error 0x0, trap 6, signal 11",
    ],
    null: &["Oops: Oops: error 0x2, trap [0-9]+, signal 11"],
    null_panic: "Fatal exception",
};

pub const INT3: &[&str] = &[
    "Int3: int3: error 0x0, trap 3, signal 5",
    "Oops: int3: error 0x0, trap [0-9]+, signal 11",
];

/// The oops alone. The error code is the syndrome register, ESR_EL1: its top six bits are the exception's class, 0x3c
/// for `brk` and 0x25 for an abort in the kernel.
const ARM64: Died = Died {
    bug: &["Oops: Oops - BUG: error 0xf2000800, trap 0, signal 11"],
    null: &["Oops: Oops: error 0x96000[0-9a-f]{3}, trap 0, signal 11"],
    null_panic: "Oops: Fatal exception",
};

pub const BRK: &[&str] = &["Oops: Oops - BRK: error 0xf2001234, trap 0, signal 11"];

pub fn of(arch: Arch) -> &'static Died {
    match arch {
        Arch::X86_64 => &X86_64,
        Arch::Arm64 => &ARM64,
    }
}
