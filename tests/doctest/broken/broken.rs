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
///     blocking,
///     chains::reboot,
///     Outcome,
///     Priority, //
/// };
///
/// struct Motor;
///
/// impl blocking::Handler<reboot::Event<'_>> for Motor {
///     fn notify(&self, _event: &reboot::Event<'_>, _cx: blocking::Context<'_>) -> Outcome {
///         Outcome::Done
///     }
/// }
///
/// let cx = notifier_chain::context::Sleepable::might_sleep();
/// let _motor = KBox::pin_init(reboot::register(cx, Priority::DEFAULT, Motor), GFP_KERNEL)?;
/// assert_eq!(Outcome::Done, Outcome::Ok);
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
