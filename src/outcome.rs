// SPDX-License-Identifier: GPL-2.0

//! What a handler answers.
//!
//! C header: [`include/linux/notifier.h`](srctree/include/linux/notifier.h)

use kernel::{
    bindings,
    prelude::*, //
};

/// What a handler answers to an event.
///
/// A chain is walked from the highest priority to the lowest. [`Done`](Self::Done) and
/// [`Ok`](Self::Ok) let the walk go on, every other answer ends it: the notifiers behind this one
/// are not called. What the caller of the chain makes of the last answer is the chain's own
/// business; the panic chain, for one, ignores it.
///
/// # Examples
///
/// ```
/// use kernel::prelude::*;
/// use notifier_chain::Outcome;
///
/// // A handler that may fail refuses the event with the errno of its failure.
/// fn prepare() -> Result {
///     Err(EBUSY)
/// }
///
/// assert_eq!(Outcome::from(prepare()), Outcome::Refuse(EBUSY));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Not interested in this event: `NOTIFY_DONE`.
    Done,

    /// Interested, and all is well: `NOTIFY_OK`.
    Ok,

    /// All is well, and nobody else needs to hear of it: `NOTIFY_STOP`.
    ///
    /// To `call_robust()` this is a stop like any other: those who have heard of the event are told
    /// that it is taken back.
    Stop,

    /// A veto without a reason: `NOTIFY_BAD`.
    Bad,

    /// A veto with its reason: `notifier_from_errno()`.
    Refuse(Error),
}

impl Outcome {
    /// Returns the value that a C `notifier_fn_t` returns for this answer.
    #[inline]
    pub(crate) fn into_raw(self) -> c_int {
        match self {
            Self::Done => NOTIFY_DONE,
            Self::Ok => NOTIFY_OK,
            Self::Stop => NOTIFY_STOP,
            Self::Bad => NOTIFY_BAD,
            // This is `notifier_from_errno()`: an inline function, which bindgen leaves out.
            Self::Refuse(error) => NOTIFY_STOP_MASK | (NOTIFY_OK - error.to_errno()),
        }
    }

    /// Returns the answer that a `notifier_fn_t` gave, which may be one of C that has no name.
    pub(crate) fn from_raw(answer: c_int) -> Self {
        match answer & !NOTIFY_STOP_MASK {
            0 if answer == NOTIFY_DONE => Self::Done,
            _ if answer & NOTIFY_STOP_MASK == 0 => Self::Ok,
            value if value <= NOTIFY_OK => Self::Stop,
            _ if answer == NOTIFY_BAD => Self::Bad,
            value => Self::Refuse(Error::from_errno(NOTIFY_OK - value)),
        }
    }

    /// Returns whether the walk ends with this answer.
    #[inline]
    pub(crate) const fn stops(self) -> bool {
        !matches!(self, Self::Done | Self::Ok)
    }
}

impl From<Result> for Outcome {
    /// Returns [`Ok`](Self::Ok) or [`Refuse`](Self::Refuse).
    #[inline]
    fn from(result: Result) -> Self {
        match result {
            Ok(()) => Self::Ok,
            Err(error) => Self::Refuse(error),
        }
    }
}

const NOTIFY_DONE: c_int = bindings::NOTIFY_DONE as c_int;
const NOTIFY_OK: c_int = bindings::NOTIFY_OK as c_int;
pub(crate) const NOTIFY_STOP: c_int = bindings::NOTIFY_STOP as c_int;
const NOTIFY_BAD: c_int = bindings::NOTIFY_BAD as c_int;
pub(crate) const NOTIFY_STOP_MASK: c_int = bindings::NOTIFY_STOP_MASK as c_int;

// `into_raw()` relies on how these are made up: a stop flag above a small answer, and room for
// every errno between the two.
static_assertions::const_assert_eq!(NOTIFY_DONE, 0);
static_assertions::const_assert_eq!(NOTIFY_OK, 1);
static_assertions::const_assert_eq!(NOTIFY_STOP, NOTIFY_STOP_MASK | NOTIFY_OK);
static_assertions::const_assert_eq!(NOTIFY_BAD, NOTIFY_STOP_MASK | 2);
static_assertions::const_assert!(NOTIFY_STOP_MASK > NOTIFY_OK + bindings::MAX_ERRNO as c_int);
