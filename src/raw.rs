// SPDX-License-Identifier: GPL-2.0

//! Raw chains: callbacks under whatever lock the caller holds.
//!
//! A raw chain has no lock of its own. Whoever calls it, registers on it or unregisters from it
//! holds one that keeps the others out, and that lock also says what a callback may do.
//!
//! C header: [`include/linux/notifier.h`](srctree/include/linux/notifier.h)

use crate::{
    context,
    Outcome, //
};

/// What a callback on a raw chain may do: what the caller's lock allows.
pub type Context<'cx> = context::Raw<'cx>;

/// A handler of events `E` on a raw chain.
///
/// Each chain says what its lock demands of a handler beyond this.
///
/// # Examples
///
/// ```
/// use notifier_chain::{
///     raw,
///     Outcome, //
/// };
///
/// struct Veto;
///
/// impl raw::Handler<u32> for Veto {
///     fn notify(&self, _event: &u32, _cx: raw::Context<'_>) -> Outcome {
///         Outcome::Bad
///     }
/// }
/// ```
pub trait Handler<E: ?Sized>: Send + Sync + 'static {
    /// Answers to `event`, while the caller's lock is held.
    fn notify(&self, event: &E, cx: Context<'_>) -> Outcome;
}
