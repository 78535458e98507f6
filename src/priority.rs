// SPDX-License-Identifier: GPL-2.0

//! Where on its chain a notifier stands.

use kernel::prelude::*;

/// Where on its chain a notifier stands: the `priority` of `struct notifier_block`.
///
/// The highest priority is called first. Notifiers of equal priority are called in the order in
/// which they were registered.
///
/// # Examples
///
/// ```
/// use notifier_chain::Priority;
///
/// assert!(Priority::FIRST > Priority::new(1));
/// assert!(Priority::new(1) > Priority::DEFAULT);
/// assert!(Priority::DEFAULT > Priority::LAST);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Priority(c_int);

impl Priority {
    /// Before everybody else, but for those who have this priority already.
    pub const FIRST: Self = Self(c_int::MAX);

    /// 0, what a notifier gets that does not ask for anything.
    pub const DEFAULT: Self = Self(0);

    /// After everybody else.
    pub const LAST: Self = Self(c_int::MIN);

    /// Creates a priority from its number, which may be negative.
    ///
    /// # Examples
    ///
    /// ```
    /// use notifier_chain::Priority;
    ///
    /// /// Just before those who do not care.
    /// const EARLY: Priority = Priority::new(1);
    ///
    /// assert!(EARLY > Priority::DEFAULT);
    /// assert_eq!(EARLY.get(), 1);
    /// ```
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
