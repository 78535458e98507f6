// SPDX-License-Identifier: GPL-2.0

//! The kernel's own chains, a module each.

pub mod panic;
