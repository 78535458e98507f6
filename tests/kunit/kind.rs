// SPDX-License-Identifier: GPL-2.0

//! What a test needs of a chain, so that one test fits all kinds.

use kernel::{
    prelude::*,
    sync::Arc, //
};
use notifier_chain::{
    atomic,
    blocking,
    context::{
        AtomicSafe,
        Detached, //
    },
    raw,
    srcu,
    Outcome,
    Priority,
    Verdict, //
};

use crate::journal::Event;

/// A kind of chain, and in the case of a raw one the lock around it.
pub(crate) trait Kind: 'static {
    /// The chain, with its lock if it has none of its own.
    type Chain<E: ?Sized + Detached>: Detached;

    /// A handler's time on it.
    type Registration<E: ?Sized + Detached, T: Handler<E>>;

    /// Its kind in C.
    const C: CKind;

    /// Of how many chances to unregister somebody a test with many thousand steps takes one.
    const UNREGISTER_ONE_IN: u32 = 1;

    /// Creates an empty chain.
    fn chain<E: ?Sized + Detached>() -> Result<Arc<Self::Chain<E>>>;

    /// Registers `handler`.
    fn register<E: ?Sized + Detached, T: Handler<E>, Err>(
        chain: Arc<Self::Chain<E>>,
        priority: Priority,
        handler: impl PinInit<T, Err>,
    ) -> Result<Self::Registration<E, T>>
    where
        Error: From<Err>;

    /// Registers `handler` unless somebody has `priority`, or returns [`None`] if the kind cannot.
    fn register_unique_prio<E: ?Sized + Detached, T: Handler<E>, Err>(
        _chain: Arc<Self::Chain<E>>,
        _priority: Priority,
        _handler: impl PinInit<T, Err>,
    ) -> Option<Result<Self::Registration<E, T>>>
    where
        Error: From<Err>,
    {
        None
    }

    /// Unregisters all.
    fn unregister_all<E: ?Sized + Detached + 'static, T: Handler<E>>(
        registrations: KVec<Self::Registration<E, T>>,
    ) -> Result {
        drop(registrations);
        Ok(())
    }

    /// Returns the handler.
    fn handler<E: ?Sized + Detached, T: Handler<E>>(registration: &Self::Registration<E, T>) -> &T;

    /// Calls the chain.
    fn call<E: ?Sized + Detached>(chain: &Self::Chain<E>, event: &E) -> Verdict;

    /// Calls the chain with a way back, or returns [`None`] if the kind has no such call.
    fn call_robust<E: ?Sized + Detached>(
        _chain: &Self::Chain<E>,
        _up: &E,
        _down: &E,
    ) -> Option<Verdict> {
        None
    }

    /// Returns whether nobody is registered.
    fn is_empty<E: ?Sized + Detached>(chain: &Self::Chain<E>) -> bool;
}

/// A kind whose chains tasks share, and with C.
pub(crate) trait Shared: Kind<Chain<Event>: Send + Sync> {
    /// Creates an empty chain with locks of another class, which can be called from a handler on
    /// one of [`chain()`](Kind::chain).
    fn other_chain<E: ?Sized + Detached>() -> Result<Arc<Self::Chain<E>>>;

    /// Gives `use_head` what C knows of the chain, with the lock held if it is a raw one.
    ///
    /// # Safety
    ///
    /// As for [`notifier_chain::chain::Chain::head()`].
    unsafe fn with_head<E: ?Sized + Detached, R>(
        chain: &Self::Chain<E>,
        use_head: impl FnOnce(*mut c_void) -> R,
    ) -> R;

    /// Registers `handler` on a chain of C as long as `then` takes, or returns [`None`] if it
    /// cannot know by what lock C protects such a chain.
    ///
    /// # Safety
    ///
    /// As for [`notifier_chain::chain::Chain::from_raw()`].
    unsafe fn while_registered<E: ?Sized + Detached, T: Handler<E>, R>(
        _head: *mut c_void,
        _handler: T,
        _then: impl FnOnce() -> R,
    ) -> Option<Result<R>> {
        None
    }
}

/// `enum notifier_chain_kunit_kind`.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) enum CKind {
    Atomic,
    Blocking,
    Srcu,
    Raw,
}

/// A handler for every kind of chain, hence one that keeps the rules of all.
pub(crate) trait Handler<E: ?Sized + Detached>:
    AtomicSafe + Detached + Send + Sync + 'static
{
    fn notify(&self, event: &E) -> Outcome;
}

/// What a [`Handler`] is on the chains.
#[pin_data]
pub(crate) struct Any<T> {
    #[pin]
    pub(crate) handler: T,
}

impl<T> Any<T> {
    pub(crate) fn new<Err>(handler: impl PinInit<T, Err>) -> impl PinInit<Self, Err> {
        pin_init!(Self {
            handler <- handler,
        }? Err)
    }
}

impl<E: ?Sized + Detached, T: Handler<E>> atomic::Handler<E> for Any<T> {
    fn notify(&self, event: &E, _cx: atomic::Context<'_>) -> Outcome {
        self.handler.notify(event)
    }
}

impl<E: ?Sized + Detached, T: Handler<E>> blocking::Handler<E> for Any<T> {
    fn notify(&self, event: &E, _cx: blocking::Context<'_>) -> Outcome {
        self.handler.notify(event)
    }
}

impl<E: ?Sized + Detached, T: Handler<E>> srcu::Handler<E> for Any<T> {
    fn notify(&self, event: &E, _cx: srcu::Context<'_>) -> Outcome {
        self.handler.notify(event)
    }
}

impl<E: ?Sized + Detached, T: Handler<E>> raw::Handler<E> for Any<T> {
    fn notify(&self, event: &E, _cx: raw::Context<'_>) -> Outcome {
        self.handler.notify(event)
    }
}
