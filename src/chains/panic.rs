// SPDX-License-Identifier: GPL-2.0

//! The panic chain: the kernel is about to stop for good.
//!
//! [`panic()`] calls this chain with interrupts off and all other CPUs stopped. The CPU that
//! crashed may have been anywhere, in an interrupt or with any lock held, so that a handler touches
//! as little as it can: it does not allocate, does not sleep, and waits for no lock. What it owns
//! is held to that by [`NmiSafe`]; what it calls is up to its author. Its answer is ignored, except
//! that one which stops the chain keeps the handlers behind it from being called.
//!
//! With a kdump kernel loaded, [`panic()`] goes there at once and skips the chain, unless the
//! kernel was started with `crash_kexec_post_notifiers`.
//!
//! What the kernel passes along is the panic message, as a C string. Books and blogs cast it to a
//! `struct die_args`, and read the action as an `enum die_val`: that is the die chain, and prints
//! garbage here. With a typed [`Event`] the mistake cannot be made.
//!
//! C header: [`include/linux/panic_notifier.h`](srctree/include/linux/panic_notifier.h)
//!
//! # Examples
//!
//! ```no_run
//! # // `no_run`: the handler runs only when the machine dies.
//! use kernel::prelude::*;
//! use notifier_chain::{
//!     atomic,
//!     chains::panic,
//!     Outcome,
//!     Priority, //
//! };
//!
//! struct Alarm;
//!
//! impl atomic::Handler<panic::Event<'_>> for Alarm {
//!     fn notify(&self, event: &panic::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
//!         pr_emerg!("alarm: {}\n", event.message());
//!         Outcome::Done
//!     }
//! }
//!
//! let _alarm = KBox::pin_init(
//!     panic::register(Priority::FIRST, Alarm),
//!     GFP_KERNEL,
//! )?;
//! # Ok::<(), Error>(())
//! ```
//!
//! [`panic()`]: srctree/kernel/panic.c
//! [`NmiSafe`]: crate::context::NmiSafe

use kernel::{
    bindings::notifier_block,
    error::to_result,
    interrupt::LocalInterruptDisabled,
    prelude::*, //
};

use crate::{
    atomic::{
        self,
        Atomic, //
    },
    bindings,
    chain::SelfLocked,
    context::NmiSafe,
    Accepts,
    ChainRef,
    Outcome,
    Priority, //
};

/// A panic.
pub struct Event<'a> {
    message: &'a CStr,
}

impl<'a> Event<'a> {
    /// Returns the panic's message, without the `Kernel panic - not syncing: ` that the log puts
    /// before it.
    ///
    /// It is in a static buffer of the kernel, and may not be valid UTF-8.
    #[inline]
    pub fn message(&self) -> &'a CStr {
        self.message
    }

    /// Returns the proof that interrupts are off on this CPU.
    #[inline]
    pub fn interrupts_disabled(&self) -> &'a LocalInterruptDisabled {
        // SAFETY: `panic()`, the only caller of the chain, turns interrupts off before and leaves
        // them so until the chain has been walked.
        unsafe { LocalInterruptDisabled::assume_disabled() }
    }
}

/// A handler's time on the panic chain.
pub type Registration<T> = crate::Registration<Panic, T>;

/// Registers `handler` on the panic chain.
///
/// Unlike dropping the registration, this may be done in any context but NMI.
///
/// # Errors
///
/// Those of `handler`.
pub fn register<T, E>(
    priority: Priority,
    handler: impl PinInit<T, E>,
) -> impl PinInit<Registration<T>, Error>
where
    Panic: Accepts<T>,
    Error: From<E>,
{
    Registration::on(Panic, priority, handler)
}

/// The chain itself: `panic_notifier_list`.
pub struct Panic;

// SAFETY: There is but one, and the kernel has it in a static.
unsafe impl ChainRef for Panic {
    type Chain = Self;

    #[inline]
    fn get(&self) -> &Self {
        self
    }
}

// SAFETY: An atomic chain keeps the promises of `Accepts`: it calls a block under RCU, from the
// registration on, and its unregister function waits for a grace period. `panic()`, its only
// caller, passes a null-terminated string as `data`. Handlers are `Send`, `Sync` and `AtomicSafe`
// as on every atomic chain, and `NmiSafe`.
unsafe impl<T> Accepts<T> for Panic
where
    T: for<'a> atomic::Handler<Event<'a>> + NmiSafe,
{
    type Kind = Atomic;

    unsafe fn register(&self, block: *mut notifier_block) -> Result {
        // SAFETY: The head is a static of the kernel, initialised when it was compiled. The rest
        // is passed on.
        to_result(unsafe { Atomic::link(&raw mut bindings::panic_notifier_list, block) })
    }

    unsafe fn unregister(&self, block: *mut notifier_block) {
        // SAFETY: `register()` used this head. The rest is passed on.
        unsafe { Atomic::unlink(&raw mut bindings::panic_notifier_list, block) };
    }

    unsafe fn notify(handler: &T, _action: c_ulong, data: *mut c_void) -> Outcome {
        let event = Event {
            // SAFETY: `panic()` passes its message, a null-terminated string that nobody changes
            // before the chain has been walked.
            message: unsafe { CStr::from_char_ptr(data.cast()) },
        };

        handler.notify(&event, atomic::Context::new())
    }
}
