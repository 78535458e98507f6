// SPDX-License-Identifier: GPL-2.0

//! Checks that fail a test by returning from it.
//!
//! KUnit's own `assert!()` ends the task at once, and what it holds stays for ever: handlers on
//! chains, locks, memory. These let destructors run. They can also be used in functions that
//! several tests share, and they say what they found.

/// Fails the test unless `$left` equals `$right`.
macro_rules! ensure_eq {
    ($left:expr, $right:expr $(,)?) => {
        match (&$left, &$right) {
            (left, right) => {
                if *left != *right {
                    ::kernel::pr_err!(
                        "{}:{}: `{}` is {:?}, not {:?}\n",
                        ::core::file!(),
                        ::core::line!(),
                        ::core::stringify!($left),
                        left,
                        right,
                    );
                    return Err(::kernel::error::code::EINVAL);
                }
            }
        }
    };
}

/// Fails the test unless `$condition` holds.
macro_rules! ensure {
    ($condition:expr $(,)?) => {
        $crate::ensure::ensure_eq!($condition, true)
    };
}

pub(crate) use {
    ensure,
    ensure_eq, //
};
