// SPDX-License-Identifier: GPL-2.0

use core::arch::asm;

/// The code behind it begins at `PLACE` in a cache line.
#[inline(always)]
pub(crate) fn go_on_at<const PLACE: usize>() {
    // SAFETY: It does nothing.
    unsafe { asm!(".balign 64", ".rept {} / 4", "nop", ".endr", const PLACE) };
}
