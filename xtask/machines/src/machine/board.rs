// SPDX-License-Identifier: GPL-2.0

//! What QEMU's machines differ in by their architecture.

use crate::arch::Arch;

pub struct Board {
    /// QEMU's name of the machine.
    pub machine: &'static str,
    /// The CPU if it is emulated.
    pub cpu: &'static str,
    /// The whole console from the first line, user space's too.
    pub cmdline: &'static str,
    /// What QEMU calls the registers with the address of the next instruction, and of the stack's end.
    pub program_counter: &'static str,
    pub stack_pointer: &'static str,
    /// What QEMU says of a CPU that waits for an interrupt, if it tells.
    pub halted: Option<&'static str>,
}

const X86_64: Board = Board {
    machine: "q35",
    // While the boot CPU is identified, the kernel forgets for a moment that it has five levels of page tables, and
    // KASAN takes the addresses of an interrupt then for wild ones.
    cpu: "max,la57=off",
    // The emulator's clocks are steady, which the kernel would measure first.
    cmdline: "console=ttyS0 ignore_loglevel printk.devkmsg=on tsc=reliable no_timer_check",
    program_counter: "RIP",
    stack_pointer: "RSP",
    halted: Some("HLT=1"),
};

const ARM64: Board = Board {
    // Pseudo-NMIs take the third version of the interrupt controller or a later one.
    machine: "virt,gic-version=max",
    // An algorithm for signed pointers that is made for emulators.
    cpu: "max,pauth-impdef=on",
    cmdline: "console=ttyAMA0 ignore_loglevel printk.devkmsg=on",
    program_counter: "PC",
    stack_pointer: "SP",
    halted: None,
};

impl Board {
    pub fn of(arch: Arch) -> &'static Board {
        match arch {
            Arch::X86_64 => &X86_64,
            Arch::Arm64 => &ARM64,
        }
    }
}
