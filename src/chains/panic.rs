// SPDX-License-Identifier: GPL-2.0

//! The panic chain: the kernel is about to stop for good.
//!
//! [`panic()`](srctree/kernel/panic.c) calls this chain with interrupts off and the other CPUs
//! stopped, as far as they can be. The CPU that crashed may have been in an interrupt, or hold any
//! lock. So a handler touches as little as it can: it does not allocate, does not sleep, and waits
//! for no lock. Handlers are [`NmiSafe`](crate::context::NmiSafe).
//!
//! The kernel ignores the answer of a handler, but one that stops the walk keeps the handlers
//! behind it from being called. If a handler panics, the chain is walked again from its start, on
//! the same CPU, and the first walk never goes on. A handler that panics in each walk overflows the
//! stack.
//!
//! With a kdump kernel loaded, `panic()` starts that at once and skips the chain, unless the
//! parameter `crash_kexec_post_notifiers` of the kernel is set. The administrator can set it at any
//! time. The kernel itself sets it in a guest of Hyper-V, and on a host of SEV-SNP guests.
//!
//! With the boot parameter `panic_force_cpu`, the chain is called on that CPU, whose task is then
//! not the one that panicked.
//!
//! The kernel passes the panic message, a C string. Books and blogs cast it to a `struct die_args`,
//! and read the action as an `enum die_val`. Those belong to the [die chain](super::die).
//!
//! # The allowlist
//!
//! A handler in a panic can keep a kdump kernel from being reached. Hence each has a name, and the
//! administrator chooses handlers by the parameter `panic_notifiers`, which this crate adds to
//! every module:
//!
//! | parameter | registered are |
//! | --- | --- |
//! | not given | all handlers |
//! | `panic_notifiers=alarm,beacon` | the handlers with these names |
//! | `panic_notifiers=` | none |
//!
//! The log names each handler that is left out. It also names, once, each name in the list that no
//! handler of the module has, one second after the last handler was registered.
//!
//! C header: [`include/linux/panic_notifier.h`](srctree/include/linux/panic_notifier.h)
//!
//! # Examples
//!
//! ```no_run
//! # // `no_run`: the handler runs only when the machine dies.
//! # use kernel::{prelude::*, sync::rcu};
//! # use notifier_chain::{chains::panic, context::Sleepable, *};
//! struct Alarm;
//!
//! impl Handler<panic::Chain> for Alarm {
//!     fn notify(&self, event: panic::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
//!         pr_emerg!("alarm: {}\n", event.message());
//!         NotifyReturn::DONE
//!     }
//! }
//!
//! let cx = Sleepable::might_sleep();
//! let alarm = Registration::new(panic::Chain(c"alarm"), Priority::FIRST, Alarm, cx);
//! let _alarm = KBox::pin_init(alarm, GFP_KERNEL)?;
//! # Ok::<(), Error>(())
//! ```

use kernel::{
    bindings::notifier_block,
    error::to_result,
    prelude::*, //
};

use crate::{
    atomic::{
        Atomic,
        Nmi, //
    },
    bindings,
    chains::Text,
    compat::LocalInterruptDisabled,
    head::Backend,
    NotifyReturn, //
};

/// A panic.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    // A pointer, so that the event stays on the CPU about which it proves something.
    message: Text<'a>,
}

impl<'a> Event<'a> {
    /// Returns the panic's message, without the `Kernel panic - not syncing: ` that the log puts
    /// before it.
    ///
    /// It may not be valid UTF-8.
    #[inline]
    pub fn message(&self) -> &'a CStr {
        self.message.get().unwrap_or_default()
    }

    /// Returns whether a kdump kernel is loaded: `kexec_crash_loaded()`.
    ///
    /// If so, the handlers run only because `crash_kexec_post_notifiers` is set, and the kdump
    /// kernel is started when they have returned. A handler that restarts the machine, for example,
    /// should leave it alone then.
    #[inline]
    pub fn kdump_loaded(&self) -> bool {
        // SAFETY: It can be called anywhere.
        unsafe { bindings::notifier_chain_kdump_loaded() }
    }

    /// Returns the proof that interrupts are off on this CPU.
    #[inline]
    pub fn interrupts_disabled(&self) -> &'a LocalInterruptDisabled {
        // SAFETY: `panic()`, the only caller of the chain, turns interrupts off before and leaves
        // them so until the chain has been walked. Handlers must not sleep, which may turn them on:
        // a rule of the kernel that safe Rust can break, see `context`.
        unsafe { LocalInterruptDisabled::assume_disabled() }
    }
}

/// The panic chain: `panic_notifier_list`, with the name of the handler that is registered on it.
///
/// The [allowlist](self#the-allowlist) may leave the handler out. Registering fails with `EINVAL`
/// if the name is empty or has a comma.
pub struct Chain(pub &'static CStr);

// SAFETY: An atomic chain in a static, which `panic()` alone calls, with interrupts off, and with
// its message, a null-terminated string in a static buffer. Only a panic within this one, on the
// same CPU, writes another message there, and does not come back.
unsafe impl crate::Chain for Chain {
    type Kind = Nmi;
    type Event<'a> = Event<'a>;
    type Answer = NotifyReturn;

    unsafe fn register(&self, block: *mut notifier_block) -> Result {
        // SAFETY: The name is a null-terminated string.
        let wants = unsafe { bindings::notifier_chain_panic_wants(self.0.as_char_ptr()) };
        let wanted = to_result(wants).map(|()| wants != 0)?;
        // SAFETY: It can be called anywhere. `unregister()` undoes it, since the rest never fails.
        unsafe { bindings::notifier_chain_panic_enter() };
        if !wanted {
            return Ok(());
        }
        // SAFETY: The head is a static of the kernel. The requirements for the block are the same.
        to_result(unsafe { Atomic::register(&raw mut bindings::panic_notifier_list, block) })
    }

    unsafe fn unregister(&self, block: *mut notifier_block) {
        // SAFETY: The block was counted, whether it was registered or left out.
        unsafe { bindings::notifier_chain_panic_leave() };
        // SAFETY: The head is a static of the kernel. For a block that was left out, this finds
        // that it is not on the chain.
        unsafe { Atomic::unregister(&raw mut bindings::panic_notifier_list, block) };
    }

    #[inline]
    unsafe fn notify(
        _action: c_ulong,
        data: *mut c_void,
        handler: impl FnOnce(Event<'_>) -> NotifyReturn,
    ) -> c_int {
        // SAFETY: By the safety requirements, `data` is the message.
        let message = unsafe { Text::new(data.cast()) };
        handler(Event { message }).into_raw()
    }
}
