// SPDX-License-Identifier: GPL-2.0

//! The breakpoint of x86, which a handler on the die chain can settle.

use core::arch::asm;

use kernel::bindings::pt_regs;
use notifier_chain::chains::die;

use crate::event::Event;

/// Runs into a breakpoint, which the kernel tells the die chain of, in a context like that of an
/// NMI. A handler must settle it. Returns whether it did.
pub(crate) fn run_into(event: &Event) -> bool {
    // SAFETY: The handler that settles it lets the code go on here, with all registers as they
    // were.
    unsafe { asm!("int3", in("rdi") &raw const *event) };
    true
}

/// Returns what was given to [`run_into()`], if `trap` is a breakpoint in the kernel.
pub(crate) fn event_of<'a>(trap: &'a die::Event<'_>) -> Option<&'a Event> {
    let registers = trap.registers()?;
    if trap.kind() != die::Kind::Int3 || registers.is_user_mode() {
        return None;
    }
    let registers = (&raw const *registers).cast::<pt_regs>();
    // SAFETY: A reference to `Registers` is one to `struct pt_regs`. There is no breakpoint in this
    // kernel but that of `run_into()`, which returns after `trap` is over.
    unsafe { ((*registers).di as *const Event).as_ref() }
}
