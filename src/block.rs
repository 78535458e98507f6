// SPDX-License-Identifier: GPL-2.0

//! The kernel's `struct notifier_block`, joined to the handler that it calls.
//!
//! C header: [`include/linux/notifier.h`](srctree/include/linux/notifier.h)

use kernel::{
    bindings,
    prelude::*,
    types::Opaque, //
};

use crate::{
    Accepts,
    Priority, //
};

/// A `struct notifier_block` and, behind it, its handler.
///
/// # Invariants
///
/// `inner` is an initialised `struct notifier_block` whose `notifier_call` is the callback of its
/// class, for the chain that the block was made for and for this very `T`.
// `repr(C)`, since the callback finds the block by the address of its first field.
#[pin_data]
#[repr(C)]
pub(crate) struct Block<T> {
    #[pin]
    inner: Opaque<bindings::notifier_block>,
    #[pin]
    handler: T,
}

impl<T> Block<T> {
    /// Creates a block that stands on no chain yet and that only a `C` may call.
    pub(crate) fn new<C: Accepts<T>, E>(
        priority: Priority,
        handler: impl PinInit<T, E>,
    ) -> impl PinInit<Self, Error>
    where
        Error: From<E>,
    {
        // INVARIANT: `inner` is initialised right here, with the callback of `C` and `T`.
        try_pin_init!(Self {
            inner: Opaque::new(bindings::notifier_block {
                notifier_call: Some(match C::CLASS {
                    Class::Process => process_callback::<C, T>,
                    Class::Atomic => atomic_callback::<C, T>,
                    Class::Nmi => nmi_callback::<C, T>,
                }),
                next: core::ptr::null_mut(),
                priority: priority.get(),
            }),
            handler <- handler,
        })
    }

    /// Returns the handler.
    #[inline]
    pub(crate) fn handler(&self) -> &T {
        &self.handler
    }
}

/// What the code of a handler is held to by where its chain calls it.
///
/// This is for tools that read the object code: it says which section the callback is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Nothing here forbids it to sleep.
    Process,
    /// It must not sleep.
    Atomic,
    /// It must not wait at all, not even for a spin lock.
    Nmi,
}

/// The `notifier_fn_t` of a block whose handler may sleep as far as the crate is concerned.
///
/// # Safety
///
/// As for [`notify()`].
unsafe extern "C" fn process_callback<C: Accepts<T>, T>(
    block: *mut bindings::notifier_block,
    action: c_ulong,
    data: *mut c_void,
) -> c_int {
    // SAFETY: The safety requirements are the same.
    unsafe { notify::<C, T>(block, action, data) }
}

/// The same for a handler that must not sleep.
///
/// # Safety
///
/// As for [`notify()`].
// It has a section to itself, and so has the next one: there a tool finds where to begin, in any
// module. Two dots, since the kernel's linker script puts what matches `.text.[0-9a-zA-Z_]*` into
// `.text` (of a module; that of the kernel knows neither).
#[link_section = ".text..notifier_chain.atomic"]
unsafe extern "C" fn atomic_callback<C: Accepts<T>, T>(
    block: *mut bindings::notifier_block,
    action: c_ulong,
    data: *mut c_void,
) -> c_int {
    // SAFETY: The safety requirements are the same.
    unsafe { notify::<C, T>(block, action, data) }
}

/// The same for a handler that must not wait, not even for a spin lock.
///
/// # Safety
///
/// As for [`notify()`].
#[link_section = ".text..notifier_chain.nmi"]
unsafe extern "C" fn nmi_callback<C: Accepts<T>, T>(
    block: *mut bindings::notifier_block,
    action: c_ulong,
    data: *mut c_void,
) -> c_int {
    // SAFETY: The safety requirements are the same.
    unsafe { notify::<C, T>(block, action, data) }
}

/// The one way in which the kernel enters Rust: what every callback is made of.
///
/// # Safety
///
/// - `block` must point to a live [`Block<T>`] that stays where it is, and must have been derived
///   from a pointer to all of it.
/// - `action` and `data` must be what the chain `C` passes to its notifiers.
#[inline(always)]
unsafe fn notify<C: Accepts<T>, T>(
    block: *mut bindings::notifier_block,
    action: c_ulong,
    data: *mut c_void,
) -> c_int {
    // SAFETY: By the safety requirements, `block` points to the first field of a live `Block<T>`,
    // and may be used for all of it. The one `&mut` that there is at the same time is that of the
    // destructor which unregisters the block. It is to a type that is not `Unpin`, hence may be
    // aliased, and nothing is changed by it.
    let block = unsafe { &*block.cast::<Block<T>>() };

    // SAFETY: By the safety requirements, `C` passed `action` and `data`.
    let outcome = unsafe { C::notify(&block.handler, action, data) };
    if outcome.stops() {
        // SAFETY: As above. The priority is only read, here as by everybody else.
        unsafe { C::stopped((*block.inner.get()).priority, action, data) };
    }
    outcome.into_raw()
}

static_assertions::const_assert_eq!(core::mem::offset_of!(Block<u64>, inner), 0);

// The handler is all that a block costs beyond what C pays.
static_assertions::assert_eq_size!(Block<()>, bindings::notifier_block);
static_assertions::assert_eq_align!(Block<()>, bindings::notifier_block);
