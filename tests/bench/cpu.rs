// SPDX-License-Identifier: GPL-2.0

//! What differs between the architectures.

// User-Mode Linux is of the architecture that it runs on.
#[cfg_attr(CONFIG_ARM64, path = "cpu/arm64.rs")]
#[cfg_attr(any(CONFIG_X86_64, CONFIG_UML), path = "cpu/x86_64.rs")]
mod this;

pub(crate) use this::go_on_at;
