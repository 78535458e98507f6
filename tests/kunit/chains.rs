// SPDX-License-Identifier: GPL-2.0

//! The kernel's own chains, each by what it makes of what the kernel passes along.

use kernel::prelude::*;
use notifier_chain::{
    chains::{
        Global,
        KernelChain, //
    },
    Accepts,
    Outcome, //
};

mod die;
#[cfg(CONFIG_NET)]
mod netdevice;
mod oom;
mod restart;

/// Calls `handler` with what `action` and `data` stand for on the chain `C`, as its callback does.
///
/// # Safety
///
/// `action` and `data` must fulfil the safety requirements of [`KernelChain::event()`].
unsafe fn tell<C: KernelChain, T>(handler: &T, action: c_ulong, data: *mut c_void) -> Outcome
where
    Global<C>: Accepts<T>,
{
    // SAFETY: By the safety requirements.
    unsafe { <Global<C> as Accepts<T>>::notify(handler, action, data) }
}
