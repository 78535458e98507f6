// SPDX-License-Identifier: GPL-2.0

//! What came of calling a chain.

use kernel::prelude::*;

use crate::{
    Outcome,
    Priority, //
};

/// What came of calling a chain.
///
/// # Examples
///
/// ```
/// use kernel::prelude::*;
/// use notifier_chain::{
///     atomic,
///     new_atomic_chain,
///     Outcome, //
/// };
///
/// let chain = KBox::pin_init(new_atomic_chain!(), GFP_KERNEL)?;
/// let chain: &atomic::Chain<u32> = &chain;
///
/// // Nobody listens, so nobody minds.
/// let verdict = chain.call(&1);
/// assert_eq!(verdict.last(), Outcome::Done);
/// assert_eq!(verdict.stopped_by(), None);
/// assert_eq!(verdict.to_result(), Ok(()));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    last: Outcome,
    stopped_by: Option<Priority>,
}

impl Verdict {
    #[inline]
    pub(crate) const fn new(last: Outcome, stopped_by: Option<Priority>) -> Self {
        Self { last, stopped_by }
    }

    /// Returns what the last notifier that was called answered, or [`Outcome::Done`] if there was
    /// none.
    #[inline]
    pub const fn last(&self) -> Outcome {
        self.last
    }

    /// Returns the priority of the notifier that stopped the chain.
    ///
    /// [`None`] if nobody did, or if it was a notifier in C, which leaves no trace.
    #[inline]
    pub const fn stopped_by(&self) -> Option<Priority> {
        self.stopped_by
    }

    /// Returns whether somebody stopped the chain. After a `call_robust()`, those who had heard of
    /// the event have then been told that it is taken back, even if the answer was
    /// [`Outcome::Stop`].
    #[inline]
    pub const fn is_stopped(&self) -> bool {
        self.last.stops()
    }

    /// Returns the errno with which the event was refused, if it was: `notifier_to_errno()`.
    ///
    /// # Errors
    ///
    /// The errno of [`Outcome::Refuse`], and `EPERM` for [`Outcome::Bad`], as in C.
    #[inline]
    pub fn to_result(&self) -> Result {
        match self.last {
            Outcome::Done | Outcome::Ok | Outcome::Stop => Ok(()),
            Outcome::Bad => Err(EPERM),
            Outcome::Refuse(error) => Err(error),
        }
    }
}
