// SPDX-License-Identifier: GPL-2.0

//! What is in `c/unproven.c` and `c/other.c`.

// None has anything to keep to.
unsafe extern "C" {
    pub(super) safe fn context_allocate_with(index: u32);
    pub(super) safe fn context_call_hook();
    pub(super) safe fn context_other();
    safe fn context_get_hook() -> usize;
}

/// Returns a function that C has the address of.
pub(super) fn hook() -> Option<fn(u32)> {
    // SAFETY: The address of a function that takes a number, or 0.
    unsafe { core::mem::transmute(context_get_hook()) }
}
