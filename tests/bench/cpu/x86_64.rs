// SPDX-License-Identifier: GPL-2.0

use core::arch::asm;

/// The code behind it begins at `PLACE` in a cache line, or one byte behind it.
#[inline(always)]
pub(crate) fn go_on_at<const PLACE: usize>() {
    // SAFETY: It does nothing.
    unsafe { asm!(".balign 64", ".nops 1 + {}", const PLACE) };
}
