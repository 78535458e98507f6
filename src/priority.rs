// SPDX-License-Identifier: GPL-2.0

//! Where on its chain a handler stands.

use kernel::prelude::*;

/// Where on its chain a handler stands: the `priority` of `struct notifier_block`.
///
/// The highest priority is called first. Handlers of equal priority are called in the order in
/// which they were registered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Priority(c_int);

impl Priority {
    /// Before all others, except those that already have this priority.
    pub const FIRST: Self = Self(c_int::MAX);

    /// 0, the usual one.
    pub const DEFAULT: Self = Self(0);

    /// After all others, except those that are registered with it later.
    pub const LAST: Self = Self(c_int::MIN);

    /// Creates a priority from its number, which may be negative.
    #[inline]
    pub const fn new(priority: c_int) -> Self {
        Self(priority)
    }

    /// Returns the number.
    #[inline]
    pub const fn get(self) -> c_int {
        self.0
    }
}
