// SPDX-License-Identifier: GPL-2.0

//! What the macros of `core` are in an example.
//!
//! A failure is told to KUnit, with the place in the documentation, and the example goes on: what
//! it has registered must come off its chain again. KUnit's own assertions end the task at once.

/// See [`core::assert!`].
macro_rules! assert {
    ($condition:expr $(,)?) => {
        assert!($condition, "`{}` is false", ::core::stringify!($condition))
    };
    ($condition:expr, $($message:tt)+) => {
        if !$condition {
            $crate::failure::tell(
                __DOCTEST_FILE,
                ::core::line!(),
                ::core::format_args!($($message)+),
            );
        }
    };
}

/// See [`core::assert_eq!`].
macro_rules! assert_eq {
    ($left:expr, $right:expr $(,)?) => {
        match (&$left, &$right) {
            (left, right) => assert!(
                *left == *right,
                "`{}` is {:?}, not {:?}",
                ::core::stringify!($left),
                left,
                right,
            ),
        }
    };
}

/// See [`core::assert_ne!`].
macro_rules! assert_ne {
    ($left:expr, $right:expr $(,)?) => {
        match (&$left, &$right) {
            (left, right) => assert!(
                *left != *right,
                "`{}` is {:?}",
                ::core::stringify!($left),
                left,
            ),
        }
    };
}
