// SPDX-License-Identifier: GPL-2.0

//! The kernel's own chains, each by what it makes of what the kernel passes along.

use kernel::prelude::*;
use notifier_chain::{
    context::Kind,
    Chain,
    Handler, //
};

mod die;
#[cfg(CONFIG_NET)]
mod netdevice;
mod oom;
mod restart;

/// Calls `handler` with what `action` and `data` stand for on the chain `C`, as its callback does.
/// Returns what the kernel is answered.
///
/// # Safety
///
/// `action` and `data` must fulfil the safety requirements of [`Chain::notify()`].
unsafe fn tell<C: Chain, T: Handler<C>>(
    handler: &T,
    action: c_ulong,
    data: *mut c_void,
    cx: <C::Kind as Kind>::Context<'_>,
) -> c_int {
    // SAFETY: By the safety requirements.
    unsafe { C::notify(action, data, |event| handler.notify(event, cx)) }
}
