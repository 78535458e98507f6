// SPDX-License-Identifier: GPL-2.0

//! What a handler answers.

use core::fmt;

use kernel::{
    bindings,
    prelude::*, //
};

/// The answer of a handler. A call of a chain returns that of the last handler that ran, or
/// [`DONE`](Self::DONE) if the chain is empty.
///
/// It is the kernel's own number, such as `NOTIFY_OK`. Each chain says what the kernel makes of it.
///
/// C header: [`include/linux/notifier.h`](srctree/include/linux/notifier.h)
///
/// # Examples
///
/// ```
/// # use kernel::prelude::*;
/// # use notifier_chain::NotifyReturn;
/// fn answer(load: Result<u32>) -> NotifyReturn {
///     load.map(|_| ()).into()
/// }
///
/// assert_eq!(answer(Ok(3)), NotifyReturn::OK);
/// assert!(answer(Err(EBUSY)).is_stop());
/// assert_eq!(answer(Err(EBUSY)).to_result(), Err(EBUSY));
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct NotifyReturn(c_int);

const STOP_MASK: c_int = bindings::NOTIFY_STOP_MASK as c_int;

impl NotifyReturn {
    /// The handler does not care about the event: `NOTIFY_DONE`.
    pub const DONE: Self = Self(bindings::NOTIFY_DONE as c_int);

    /// The handler has dealt with the event: `NOTIFY_OK`.
    pub const OK: Self = Self(bindings::NOTIFY_OK as c_int);

    /// As [`OK`](Self::OK), and no other handler is called: `NOTIFY_STOP`.
    pub const STOP: Self = Self(bindings::NOTIFY_STOP as c_int);

    /// A veto, and no other handler is called: `NOTIFY_BAD`.
    pub const BAD: Self = Self(bindings::NOTIFY_BAD as c_int);

    /// A veto with a reason: `notifier_from_errno()`.
    ///
    /// No other handler is called.
    #[inline]
    pub fn from_error(error: Error) -> Self {
        Self(STOP_MASK | (Self::OK.0 - error.to_errno()))
    }

    /// Takes the kernel's number, as a C function returned that calls a chain.
    #[inline]
    pub const fn from_raw(answer: c_int) -> Self {
        Self(answer)
    }

    /// Returns the kernel's number.
    #[inline]
    pub const fn into_raw(self) -> c_int {
        self.0
    }

    /// Returns whether the walk ended with this answer: `NOTIFY_STOP_MASK`.
    #[inline]
    pub const fn is_stop(self) -> bool {
        self.0 & STOP_MASK != 0
    }

    /// Returns the reason of a veto: `notifier_to_errno()`.
    ///
    /// # Errors
    ///
    /// The error of [`from_error()`](Self::from_error); `EPERM` for [`BAD`](Self::BAD); `EINVAL`
    /// for a number that is no errno.
    #[inline]
    pub fn to_result(self) -> Result {
        match self.0 & !STOP_MASK {
            value if value > Self::OK.0 => Err(Error::from_errno(Self::OK.0 - value)),
            _ => Ok(()),
        }
    }
}

impl From<Result> for NotifyReturn {
    #[inline]
    fn from(result: Result) -> Self {
        match result {
            Ok(()) => Self::OK,
            Err(error) => Self::from_error(error),
        }
    }
}

impl fmt::Debug for NotifyReturn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::DONE => f.write_str("NOTIFY_DONE"),
            Self::OK => f.write_str("NOTIFY_OK"),
            Self::STOP => f.write_str("NOTIFY_STOP"),
            Self::BAD => f.write_str("NOTIFY_BAD"),
            Self(answer) => write!(f, "NotifyReturn({answer:#x})"),
        }
    }
}

// `from_error()` relies on this: a stop flag above a small answer, and room for every errno between
// the two.
static_assertions::const_assert_eq!(NotifyReturn::STOP.0, STOP_MASK | NotifyReturn::OK.0);
static_assertions::const_assert_eq!(NotifyReturn::BAD.0, STOP_MASK | (NotifyReturn::OK.0 + 1));
static_assertions::const_assert!(STOP_MASK > NotifyReturn::OK.0 + bindings::MAX_ERRNO as c_int);
