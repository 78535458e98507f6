// SPDX-License-Identifier: GPL-2.0

//! The kernel's own chains, a module each.

#[cfg(CONFIG_NET)]
pub mod netdevice;
pub mod panic;
