// SPDX-License-Identifier: GPL-2.0

//! Architectures that know an oops, and nothing more by name.

use notifier_chain::chains::die;

/// The numbers of `enum die_val` in their order, from 1.
pub(in crate::chains::die) const KINDS: [die::Kind; 1] = [die::Kind::Oops];

/// Those that a handler can settle.
pub(in crate::chains::die) const SETTLED: &[die::Kind] = &[];
