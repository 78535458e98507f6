// SPDX-License-Identifier: GPL-2.0

//! What came of calling a chain.

use core::fmt;

use kernel::prelude::*;

use crate::{
    outcome::{
        NOTIFY_STOP,
        NOTIFY_STOP_MASK, //
    },
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
#[derive(Clone, Copy)]
pub struct Verdict {
    // As the kernel gave it: most callers ask only whether all went well.
    answer: c_int,
    stopped_by: Option<Priority>,
}

impl Verdict {
    #[inline]
    pub(crate) const fn new(answer: c_int, stopped_by: Option<Priority>) -> Self {
        Self { answer, stopped_by }
    }

    /// Returns what the last notifier that was called answered, or [`Outcome::Done`] if there was
    /// none.
    #[inline]
    pub fn last(&self) -> Outcome {
        Outcome::from_raw(self.answer)
    }

    /// Returns the priority of the notifier that stopped the chain.
    ///
    /// [`None`] if nobody did, or if it was a notifier in C, which leaves no trace.
    ///
    /// # Examples
    ///
    /// ```
    /// use kernel::prelude::*;
    /// use notifier_chain::{
    ///     atomic,
    ///     new_atomic_chain,
    ///     Outcome,
    ///     Priority, //
    /// };
    ///
    /// struct Guard;
    ///
    /// impl atomic::Handler<u32> for Guard {
    ///     fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
    ///         Outcome::Stop
    ///     }
    /// }
    ///
    /// let chain = KBox::pin_init(new_atomic_chain!(), GFP_KERNEL)?;
    /// let guard = atomic::register(&*chain, Priority::new(7), Guard);
    /// let _guard = KBox::pin_init(guard, GFP_KERNEL)?;
    ///
    /// let verdict = chain.call(&1);
    /// assert_eq!(verdict.stopped_by(), Some(Priority::new(7)));
    /// # Ok::<(), Error>(())
    /// ```
    #[inline]
    pub const fn stopped_by(&self) -> Option<Priority> {
        self.stopped_by
    }

    /// Returns whether somebody stopped the chain. After a `call_robust()`, those who had heard of
    /// the event have then been told that it is taken back, even if the answer was
    /// [`Outcome::Stop`].
    ///
    /// # Examples
    ///
    /// ```
    /// use kernel::prelude::*;
    /// use notifier_chain::{
    ///     atomic,
    ///     new_atomic_chain,
    ///     Outcome,
    ///     Priority, //
    /// };
    ///
    /// struct Guard;
    ///
    /// impl atomic::Handler<u32> for Guard {
    ///     fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
    ///         Outcome::Stop
    ///     }
    /// }
    ///
    /// let chain = KBox::pin_init(new_atomic_chain!(), GFP_KERNEL)?;
    /// let guard = atomic::register(&*chain, Priority::new(7), Guard);
    /// let _guard = KBox::pin_init(guard, GFP_KERNEL)?;
    ///
    /// let verdict = chain.call(&1);
    /// assert!(verdict.is_stopped());
    /// assert_eq!(verdict.to_result(), Ok(()));
    /// # Ok::<(), Error>(())
    /// ```
    #[inline]
    pub const fn is_stopped(&self) -> bool {
        self.answer & NOTIFY_STOP_MASK != 0
    }

    /// Returns the errno with which the event was refused, if it was: `notifier_to_errno()`.
    ///
    /// # Errors
    ///
    /// The errno of [`Outcome::Refuse`], and `EPERM` for [`Outcome::Bad`], as in C.
    ///
    /// # Examples
    ///
    /// ```
    /// use kernel::prelude::*;
    /// use notifier_chain::{
    ///     atomic,
    ///     new_atomic_chain,
    ///     Outcome,
    ///     Priority, //
    /// };
    ///
    /// struct Guard;
    ///
    /// impl atomic::Handler<u32> for Guard {
    ///     fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
    ///         Outcome::Refuse(EACCES)
    ///     }
    /// }
    ///
    /// let chain = KBox::pin_init(new_atomic_chain!(), GFP_KERNEL)?;
    /// let guard = atomic::register(&*chain, Priority::new(7), Guard);
    /// let _guard = KBox::pin_init(guard, GFP_KERNEL)?;
    ///
    /// let verdict = chain.call(&1);
    /// assert_eq!(verdict.to_result(), Err(EACCES));
    /// # Ok::<(), Error>(())
    /// ```
    #[inline]
    pub fn to_result(&self) -> Result {
        if self.answer <= NOTIFY_STOP {
            return Ok(());
        }
        match self.last() {
            Outcome::Done | Outcome::Ok | Outcome::Stop => Ok(()),
            Outcome::Bad => Err(EPERM),
            Outcome::Refuse(error) => Err(error),
        }
    }
}

impl fmt::Debug for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verdict")
            .field("last", &self.last())
            .field("stopped_by", &self.stopped_by)
            .finish()
    }
}

impl PartialEq for Verdict {
    fn eq(&self, other: &Self) -> bool {
        (self.last(), self.stopped_by) == (other.last(), other.stopped_by)
    }
}

impl Eq for Verdict {}
