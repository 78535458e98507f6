// SPDX-License-Identifier: GPL-2.0

//! Examples that are wrong, one of which each fails in its own way: the test of the doc tests.
//!
//! ```
//! assert_eq!("chain".len(), 5);
//! ```

#![cfg_attr(doctest, no_std, doc(test(no_crate_inject)))]

/// It fails, and what it has registered comes off its chain all the same.
///
/// ```
/// use notifier_chain::{
///     chains::reboot,
///     context::Sleepable,
///     Handler,
///     NotifyReturn,
///     Priority,
///     Registration, //
/// };
///
/// struct Motor;
///
/// impl Handler<reboot::Chain> for Motor {
///     fn notify(&self, _event: reboot::Event<'_>, _: Sleepable<'_>) -> NotifyReturn {
///         NotifyReturn::DONE
///     }
/// }
///
/// let cx = Sleepable::might_sleep();
/// let motor = Registration::new(reboot::Chain, Priority::DEFAULT, Motor, cx);
/// let _motor = KBox::pin_init(motor, GFP_KERNEL)?;
/// assert_eq!(NotifyReturn::DONE, NotifyReturn::OK);
/// # Ok::<(), Error>(())
/// ```
pub struct Assertion;

/// ```
/// fn prepare() -> Result {
///     Err(EBUSY)
/// }
///
/// prepare()?;
/// # Ok::<(), Error>(())
/// ```
pub struct Question;

/// ```no_run
/// # // `no_run`: it would fail, if it ran.
/// assert!(false);
/// ```
pub struct NoRun;

/// ```ignore
/// // `ignore`: it does not build.
/// let x: () = 1;
/// ```
pub struct Ignore;
