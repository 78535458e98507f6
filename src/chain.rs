// SPDX-License-Identifier: GPL-2.0

//! What a chain is, and what a handler on it is.

use kernel::{
    bindings::notifier_block,
    prelude::*,
    sync::Arc, //
};

use crate::context::Kind;

/// A notifier chain, or a handle that keeps one alive.
///
/// A driver's own chains implement it, such as [`atomic::Chain`](crate::atomic::Chain), and the
/// [chains of the kernel](crate::chains). So do `&C` and `Arc<C>` for each chain `C`. How to bind
/// another chain of the kernel is described in [`chains`](crate::chains#binding-a-chain).
///
/// # Safety
///
/// A block is *registered* from the call of [`register()`](Self::register) until that has failed or
/// [`unregister()`](Self::unregister) has returned. Implementers must ensure that the chain
///
/// - calls a block only while it is registered, and then with an `action` and `data` that fulfil
///   the requirements of [`notify()`](Self::notify), and where the requirements of
///   [`Kind::context()`] hold: for [`Atomic`](crate::atomic::Atomic) and
///   [`Nmi`](crate::atomic::Nmi), in an RCU read side,
/// - returns from `unregister()` only when no callback of the block runs. If
///   [`UNREGISTER_WAITS`](Self::UNREGISTER_WAITS) is `false`, it never returns if it is called in
///   a callback of this chain,
/// - neither reads nor writes a block that is not registered,
/// - lets several tasks call `register()` and `unregister()` at the same time, and lets another
///   task unregister a block than the one that registered it,
/// - stays the same one, for `register()` and `unregister()`, when the value is moved,
/// - calls no block when it is gone, although a leaked one may still be registered.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no notifier chain",
    note = "register on an `Arc` of a chain, on a chain of the kernel, or see `impl_chain!`"
)]
pub unsafe trait Chain {
    /// Where the handlers run.
    type Kind: Kind;

    /// What a handler is told.
    type Event<'a>;

    /// What a handler answers.
    type Answer;

    /// Whether [`unregister()`](Self::unregister) waits for callbacks, as `synchronize_rcu()` does:
    /// in a callback, it would wait for itself.
    const UNREGISTER_WAITS: bool = true;

    /// Registers a block.
    ///
    /// # Errors
    ///
    /// Those of the chain's C function.
    ///
    /// # Safety
    ///
    /// - `block` must be initialised, not registered, and stay valid and in its place until it is
    ///   not registered any more.
    /// - While it is registered, its `notifier_call` must be safe to call where the requirements of
    ///   [`Kind::context()`] hold, with each `action` and `data` that this chain passes to its
    ///   blocks.
    unsafe fn register(&self, block: *mut notifier_block) -> Result;

    /// Unregisters a block, and returns when none of its callbacks runs any more.
    ///
    /// # Safety
    ///
    /// - [`register()`](Self::register) must have succeeded for `block` on this chain, once for
    ///   each call.
    /// - If [`UNREGISTER_WAITS`](Self::UNREGISTER_WAITS), the caller must not be in an RCU read
    ///   side, hence in no callback of an atomic chain.
    unsafe fn unregister(&self, block: *mut notifier_block);

    /// Makes the event, passes it to `handler`, and converts the answer for the C caller.
    ///
    /// This is part of each callback: mark it `#[inline]`.
    ///
    /// # Safety
    ///
    /// `action` and `data` must be what this chain passes to its blocks, while it does.
    unsafe fn notify(
        action: c_ulong,
        data: *mut c_void,
        handler: impl FnOnce(Self::Event<'_>) -> Self::Answer,
    ) -> c_int;
}

/// What a chain calls: a function with its state.
///
/// All CPUs that call the chain at the same time share it, hence [`Sync`].
///
/// # Examples
///
/// ```
/// # use kernel::prelude::*;
/// # use notifier_chain::{chains::reboot, context::Sleepable, Handler, NotifyReturn};
/// struct Quiesce;
///
/// impl Handler<reboot::Chain> for Quiesce {
///     fn notify(&self, event: reboot::Event<'_>, _cx: Sleepable<'_>) -> NotifyReturn {
///         pr_info!("going down: {:?}\n", event.action());
///         NotifyReturn::DONE
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a handler of `{C}`",
    label = "implement `Handler<{C}>` for it"
)]
pub trait Handler<C: Chain>: Sync {
    /// Answers to `event`.
    ///
    /// `cx` is what the chain proves about where the handler runs.
    fn notify(&self, event: C::Event<'_>, cx: <C::Kind as Kind>::Context<'_>) -> C::Answer;
}

/// Implements [`Chain`] and [`Handler`] for a handle.
macro_rules! forward {
    ($($handle:ty),*) => { $(
        // SAFETY: Each method calls that of the chain behind the handle, which stays in its place
        // while there is a handle. A chain calls no leaked block when it is gone.
        unsafe impl<C: Chain> Chain for $handle {
            type Kind = C::Kind;
            type Event<'a> = C::Event<'a>;
            type Answer = C::Answer;

            const UNREGISTER_WAITS: bool = C::UNREGISTER_WAITS;

            #[inline]
            unsafe fn register(&self, block: *mut notifier_block) -> Result {
                // SAFETY: The requirements are the same.
                unsafe { C::register(self, block) }
            }

            #[inline]
            unsafe fn unregister(&self, block: *mut notifier_block) {
                // SAFETY: The requirements are the same.
                unsafe { C::unregister(self, block) }
            }

            #[inline]
            unsafe fn notify(
                action: c_ulong,
                data: *mut c_void,
                handler: impl FnOnce(Self::Event<'_>) -> Self::Answer,
            ) -> c_int {
                // SAFETY: The requirements are the same.
                unsafe { C::notify(action, data, handler) }
            }
        }

        impl<C: Chain, T: Handler<C>> Handler<$handle> for T {
            #[inline]
            fn notify(&self, event: C::Event<'_>, cx: <C::Kind as Kind>::Context<'_>) -> C::Answer {
                <T as Handler<C>>::notify(self, event, cx)
            }
        }
    )* };
}

forward!(&C, Arc<C>);

/// Makes a struct with a chain in a field a chain, so that an `Arc` of the struct is a handle.
///
/// The handle keeps the chain for its registrations. Hence the struct is in an `Arc`, and the
/// registrations are elsewhere, as in the `Data` of a bus's driver, which holds that `Arc`, too.
///
/// # Examples
///
/// ```
/// # use kernel::{prelude::*, sync::{rcu, Arc}};
/// # use notifier_chain::{atomic, context::Sleepable, impl_chain, new_atomic_chain, *};
/// # enum Overheated {}
/// # impl Topic for Overheated { type Data<'a> = i32; }
/// #[pin_data]
/// struct Sensor {
///     #[pin]
///     overheated: atomic::Chain<Overheated>,
/// }
///
/// impl_chain!(Sensor { overheated: atomic::Chain<Overheated> });
///
/// struct Fan;
///
/// impl Handler<Sensor> for Fan {
///     fn notify(&self, (_, celsius): (usize, &i32), _: &rcu::Guard) -> NotifyReturn {
///         pr_info!("{celsius} degrees\n");
///         NotifyReturn::OK
///     }
/// }
///
/// let sensor = pin_init!(Sensor { overheated <- new_atomic_chain!() });
/// let sensor = Arc::pin_init(sensor, GFP_KERNEL)?;
/// let cx = Sleepable::might_sleep();
/// let fan = Registration::new(sensor.clone(), Priority::DEFAULT, Fan, cx);
/// let _fan = KBox::pin_init(fan, GFP_KERNEL)?;
/// assert_eq!(sensor.overheated.call(0, &90), NotifyReturn::OK);
/// # Ok::<(), Error>(())
/// ```
#[macro_export]
macro_rules! impl_chain {
    ($owner:ty { $field:ident: $chain:ty }) => {
        // SAFETY: Each method calls that of the chain in the field, which has this very type: a
        // pattern follows no `Deref`. A chain is pinned, and a handle may be moved.
        unsafe impl $crate::Chain for $owner {
            type Kind = <$chain as $crate::Chain>::Kind;
            type Event<'a> = <$chain as $crate::Chain>::Event<'a>;
            type Answer = <$chain as $crate::Chain>::Answer;

            const UNREGISTER_WAITS: bool = <$chain as $crate::Chain>::UNREGISTER_WAITS;

            unsafe fn register(
                &self,
                block: *mut ::kernel::bindings::notifier_block,
            ) -> ::kernel::error::Result {
                let Self { $field: chain, .. } = self;
                let chain: *const $chain = chain;
                // SAFETY: This is a field of `self`. The requirements are the same.
                unsafe { $crate::Chain::register(&*chain, block) }
            }

            unsafe fn unregister(&self, block: *mut ::kernel::bindings::notifier_block) {
                let Self { $field: chain, .. } = self;
                let chain: *const $chain = chain;
                // SAFETY: This is a field of `self`. The requirements are the same.
                unsafe { $crate::Chain::unregister(&*chain, block) }
            }

            #[inline]
            unsafe fn notify(
                action: ::kernel::ffi::c_ulong,
                data: *mut ::kernel::ffi::c_void,
                handler: impl FnOnce(Self::Event<'_>) -> Self::Answer,
            ) -> ::kernel::ffi::c_int {
                // SAFETY: The requirements are the same.
                unsafe { <$chain as $crate::Chain>::notify(action, data, handler) }
            }
        }
    };
}
