// SPDX-License-Identifier: GPL-2.0

//! Chains to register a handler on, of each class that context-check knows.

#![allow(dead_code, reason = "not all modules have handlers of all classes")]

use kernel::{
    new_spinlock,
    prelude::*,
    sync::{
        Arc,
        SpinLock, //
    },
};
use notifier_chain::{
    atomic,
    chains::die,
    context::{
        AtomicSafe,
        NmiSafe, //
    },
    new_atomic_chain,
    raw,
    Priority, //
};

/// Creates an atomic chain.
pub(crate) fn chain() -> Result<Arc<atomic::Chain<u32>>> {
    Arc::pin_init(new_atomic_chain!(), GFP_KERNEL)
}

/// Creates a raw chain in a spin lock.
fn locked_chain() -> Result<Arc<SpinLock<raw::Chain<u32>>>> {
    Arc::pin_init(new_spinlock!(raw::Chain::new()), GFP_KERNEL)
}

/// Keeps a registration for good.
fn keep<T>(registration: impl PinInit<T, Error>) -> Result {
    core::mem::forget(KBox::pin_init(registration, GFP_KERNEL)?);
    Ok(())
}

/// Registers a handler that must not sleep.
pub(crate) fn on_chain<T, E>(handler: impl PinInit<T, E>) -> Result
where
    T: atomic::Handler<u32>,
    Error: From<E>,
{
    keep(atomic::register(chain()?, Priority::DEFAULT, handler))
}

/// Registers one that is called with a spin lock held.
pub(crate) fn in_spin_lock<T, E>(handler: impl PinInit<T, E>) -> Result
where
    T: raw::Handler<u32> + AtomicSafe,
    Error: From<E>,
{
    keep(raw::register(locked_chain()?, Priority::DEFAULT, handler))
}

/// Registers one that must not wait.
pub(crate) fn on_die<T, E>(handler: impl PinInit<T, E>) -> Result
where
    T: for<'a> atomic::Handler<die::Event<'a>> + NmiSafe,
    Error: From<E>,
{
    keep(die::register(Priority::DEFAULT, handler))
}
