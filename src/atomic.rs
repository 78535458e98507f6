// SPDX-License-Identifier: GPL-2.0

//! Atomic chains: callbacks in any context, which must not sleep.
//!
//! The caller of an atomic chain walks it under RCU, wherever it happens to be: in a task, in an
//! interrupt, in NMI context. Whoever registers takes a spin lock, and whoever unregisters waits
//! for an RCU grace period.
//!
//! C header: [`include/linux/notifier.h`](srctree/include/linux/notifier.h)

use kernel::{
    bindings,
    error::to_result,
    prelude::*, //
};

use crate::{
    context::{
        self,
        AtomicSafe, //
    },
    Outcome, //
};

/// What a callback on an atomic chain may do.
pub type Context<'cx> = context::Atomic<'cx>;

/// A handler of events `E` on an atomic chain.
///
/// Its state must be [`AtomicSafe`]; some chains demand more, as
/// [`chains::panic`](crate::chains::panic) does. It is shared by all CPUs that call the chain at
/// the same time, hence [`Sync`], and dropped by whoever drops the registration, hence [`Send`].
///
/// # Examples
///
/// ```
/// use kernel::sync::atomic::{
///     Atomic,
///     Relaxed, //
/// };
/// use notifier_chain::{
///     atomic,
///     Outcome, //
/// };
///
/// struct Counter(Atomic<u32>);
///
/// impl atomic::Handler<u32> for Counter {
///     fn notify(&self, event: &u32, _cx: atomic::Context<'_>) -> Outcome {
///         self.0.fetch_add(*event, Relaxed);
///         Outcome::Ok
///     }
/// }
/// ```
pub trait Handler<E: ?Sized>: AtomicSafe + Send + Sync + 'static {
    /// Answers to `event`.
    ///
    /// Must not sleep, and should be quick: whoever called the chain waits for it.
    fn notify(&self, event: &E, cx: Context<'_>) -> Outcome;
}

/// Registers `block` with `atomic_notifier_chain_register()`. Any context.
///
/// # Safety
///
/// - `head` must point to an initialised `struct atomic_notifier_head` that outlives the
///   registration.
/// - As for [`Accepts::register()`](crate::Accepts::register).
pub(crate) unsafe fn link(
    head: *mut bindings::atomic_notifier_head,
    block: *mut bindings::notifier_block,
) -> Result {
    // SAFETY: By the safety requirements, both pointers are valid, and the block stays so.
    to_result(unsafe { bindings::atomic_notifier_chain_register(head, block) })
}

/// Unregisters `block` with `atomic_notifier_chain_unregister()`, which waits for an RCU grace
/// period. May sleep.
///
/// # Safety
///
/// - `head` must be what `block` was registered with.
/// - As for [`Accepts::unregister()`](crate::Accepts::unregister).
pub(crate) unsafe fn unlink(
    head: *mut bindings::atomic_notifier_head,
    block: *mut bindings::notifier_block,
) {
    // SAFETY: By the safety requirements, both pointers are valid and belong together. The only
    // error is `-ENOENT`, for a block that is not on the chain; this one is.
    unsafe { bindings::atomic_notifier_chain_unregister(head, block) };
}
