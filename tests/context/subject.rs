// SPDX-License-Identifier: GPL-2.0

//! Chains to register a handler on, of each class that context-check knows.

#![allow(dead_code, reason = "not all modules have handlers of all classes")]

use kernel::{
    prelude::*,
    sync::{
        lock::spinlock::SpinLockBackend,
        Arc, //
    },
};
use notifier_chain::{
    atomic,
    chains::die,
    context::{
        AtomicSafe,
        Fits,
        NmiSafe,
        Sleepable, //
    },
    new_atomic_chain,
    new_raw_chain,
    raw,
    Handler,
    Priority,
    Registration,
    Topic, //
};

/// What is told: a number.
pub(crate) enum Numbers {}

impl Topic for Numbers {
    type Data<'a> = u32;
}

/// An atomic chain.
pub(crate) type Chain = atomic::Chain<Numbers>;

/// A raw chain in a spin lock.
pub(crate) type RawChain = raw::Chain<Numbers, SpinLockBackend>;

/// Creates an atomic chain.
pub(crate) fn chain() -> Result<Arc<Chain>> {
    Arc::pin_init(new_atomic_chain!(), GFP_KERNEL)
}

/// Creates a raw chain in a spin lock.
fn raw_chain() -> Result<Arc<RawChain>> {
    Arc::pin_init(new_raw_chain!(), GFP_KERNEL)
}

/// Keeps a registration for good.
fn keep<T>(registration: impl PinInit<T, Error>) -> Result {
    core::mem::forget(KBox::pin_init(registration, GFP_KERNEL)?);
    Ok(())
}

/// Registers a handler.
fn register<C, T, E>(chain: C, handler: impl PinInit<T, E>) -> Result
where
    C: notifier_chain::Chain,
    for<'a> C::Event<'a>: Fits<C::Kind>,
    T: Handler<C> + Fits<C::Kind> + 'static,
    Error: From<E>,
{
    let cx = Sleepable::might_sleep();
    keep(Registration::new(chain, Priority::DEFAULT, handler, cx))
}

/// Registers one that must not sleep.
pub(crate) fn on_chain<T, E>(handler: impl PinInit<T, E>) -> Result
where
    T: Handler<Chain> + AtomicSafe + 'static,
    Error: From<E>,
{
    on_this_chain(chain()?, handler)
}

/// Registers one on a chain that the caller keeps.
pub(crate) fn on_this_chain<T, E>(chain: Arc<Chain>, handler: impl PinInit<T, E>) -> Result
where
    T: Handler<Chain> + AtomicSafe + 'static,
    Error: From<E>,
{
    register(chain, handler)
}

/// Registers one that is called with a spin lock held.
pub(crate) fn in_spin_lock<T, E>(handler: impl PinInit<T, E>) -> Result
where
    T: Handler<RawChain> + AtomicSafe + 'static,
    Error: From<E>,
{
    register(raw_chain()?, handler)
}

/// Registers one that must not wait.
pub(crate) fn on_die<T, E>(handler: impl PinInit<T, E>) -> Result
where
    T: Handler<die::Chain> + AtomicSafe + NmiSafe + 'static,
    Error: From<E>,
{
    register(die::Chain, handler)
}
