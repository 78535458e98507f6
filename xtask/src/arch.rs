// SPDX-License-Identifier: GPL-2.0

//! The architectures that kernels are built for, and those of the machines that build them.

use clap::ValueEnum;
use std::fmt::{self, Display};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ValueEnum)]
pub enum Arch {
    #[value(name = "x86_64")]
    X86_64,
    Arm64,
}

impl Arch {
    /// That of this machine.
    pub const HOST: Arch = if cfg!(target_arch = "aarch64") {
        Arch::Arm64
    } else {
        Arch::X86_64
    };

    /// What Debian calls it.
    pub fn debian(self) -> &'static str {
        match self {
            Arch::X86_64 => "amd64",
            Arch::Arm64 => "arm64",
        }
    }

    /// How the names of GNU's compilers for it begin.
    pub fn gnu(self) -> &'static str {
        match self {
            Arch::X86_64 => "x86_64-linux-gnu",
            Arch::Arm64 => "aarch64-linux-gnu",
        }
    }

    /// What a kernel's `make` is told of GNU's compilers on a machine of another architecture.
    pub fn cross_compile(self) -> &'static str {
        match self {
            Arch::X86_64 => "CROSS_COMPILE=x86_64-linux-gnu-",
            Arch::Arm64 => "CROSS_COMPILE=aarch64-linux-gnu-",
        }
    }

    /// What QEMU and rustc call it.
    pub fn qemu(self) -> &'static str {
        match self {
            Arch::X86_64 => "x86_64",
            Arch::Arm64 => "aarch64",
        }
    }

    /// What loads a program that is linked to the C library, below `/usr`.
    pub fn loader(self) -> &'static str {
        match self {
            Arch::X86_64 => "lib64/ld-linux-x86-64.so.2",
            Arch::Arm64 => "lib/ld-linux-aarch64.so.1",
        }
    }
}

impl Display for Arch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value();
        f.write_str(value.as_ref().map_or("", |value| value.get_name()))
    }
}
