// SPDX-License-Identifier: GPL-2.0

//! The panic chain: the kernel is about to stop for good.
//!
//! [`panic()`] calls this chain with interrupts off and the other CPUs stopped, as far as they can
//! be. The CPU that crashed may have been anywhere, in an interrupt or with any lock held, so that
//! a handler touches as little as it can: it does not allocate, does not sleep, and waits for no
//! lock. What it owns is held to that by [`NmiSafe`]; what it calls is up to its author. Its answer
//! is ignored, except that one which stops the chain keeps the handlers behind it from being
//! called. If a handler panics itself, the chain is walked once more on the same CPU, and the first
//! walk never goes on.
//!
//! With a kdump kernel loaded, [`panic()`] goes there at once and skips the chain, unless the
//! kernel was started with `crash_kexec_post_notifiers`.
//!
//! What the kernel passes along is the panic message, as a C string. Books and blogs cast it to a
//! `struct die_args`, and read the action as an `enum die_val`: that is the die chain, and prints
//! garbage here. With a typed [`Event`] the mistake cannot be made.
//!
//! # The allowlist
//!
//! A handler in a panic can keep a kdump kernel from being reached. Hence each has a name, and the
//! user of a module says which of them are wanted, with the parameter `panic_notifiers` that this
//! crate adds to every module:
//!
//! | parameter | registered are |
//! | --- | --- |
//! | not given | all handlers |
//! | `panic_notifiers=alarm,beacon` | the handlers with these names |
//! | `panic_notifiers=` | none |
//!
//! Whoever is left out is named in the log. So is, once, a name in the list that no handler of the
//! module has a second after the last one was registered.
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
//!     panic::register(c"alarm", Priority::FIRST, Alarm),
//!     GFP_KERNEL,
//! )?;
//! # Ok::<(), Error>(())
//! ```
//!
//! [`panic()`]: srctree/kernel/panic.c
//! [`NmiSafe`]: crate::context::NmiSafe

use kernel::{
    bindings::notifier_block,
    prelude::*, //
};

use crate::{
    atomic::{
        self,
        Atomic,
        Nmi, //
    },
    bindings,
    chain::SelfLocked,
    chains::{
        self,
        Global,
        KernelChain, //
    },
    compat::LocalInterruptDisabled,
    context::NmiSafe,
    Accepts,
    Priority, //
};

/// A panic.
///
/// # Examples
///
/// What fits on a display of 16 characters. The event goes when the handler returns, and the
/// message stays:
///
/// ```
/// use kernel::{
///     interrupt::local_interrupt_disable,
///     prelude::*, //
/// };
/// use notifier_chain::chains::{
///     panic::{
///         self,
///         Panic, //
///     },
///     KernelChain, //
/// };
///
/// fn line<'a>(event: &panic::Event<'a>) -> &'a [u8] {
///     let message = event.message().to_bytes();
///     message.get(..16).unwrap_or(message)
/// }
///
/// let message = c"Fatal exception in interrupt";
/// let irqs_off = local_interrupt_disable();
/// // SAFETY: `panic()` passes its message, a string that stays, with interrupts off.
/// let event = unsafe { Panic::event(0, message.as_char_ptr().cast_mut().cast()) };
/// assert_eq!(event.as_ref().map(line), Some(&b"Fatal exception "[..]));
/// drop(irqs_off);
/// ```
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

    /// Returns whether a kdump kernel is loaded: `kexec_crash_loaded()`.
    ///
    /// If so, the handlers run only because the user wants them to, with
    /// `crash_kexec_post_notifiers`, and the kdump kernel is started when they have returned. A
    /// handler that restarts the machine, for example, should leave it alone then.
    #[inline]
    pub fn kdump_loaded(&self) -> bool {
        // SAFETY: It reads a pointer, and may be called anywhere.
        unsafe { bindings::notifier_chain_kdump_loaded() }
    }

    /// Returns the proof that interrupts are off on this CPU.
    #[inline]
    pub fn interrupts_disabled(&self) -> &'a LocalInterruptDisabled {
        // SAFETY: `panic()`, the only caller of the chain, turns interrupts off before and leaves
        // them so until the chain has been walked. A handler must not turn them on: one in C that
        // does has broken `panic()` itself, and one in Rust has to say so in an `unsafe` block.
        unsafe { LocalInterruptDisabled::assume_disabled() }
    }
}

/// A handler's time on the panic chain.
///
/// # Examples
///
/// One that a driver makes and drops while it runs is in a box, and whoever unregisters may sleep:
///
/// ```
/// use kernel::{
///     new_mutex,
///     prelude::*,
///     sync::Mutex, //
/// };
/// use notifier_chain::{
///     atomic,
///     chains::panic,
///     Outcome,
///     Priority, //
/// };
///
/// struct Alarm;
///
/// impl atomic::Handler<panic::Event<'_>> for Alarm {
///     fn notify(&self, _event: &panic::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
///         Outcome::Done
///     }
/// }
///
/// #[pin_data]
/// struct Switch {
///     #[pin]
///     alarm: Mutex<Option<Pin<KBox<panic::Registration<Alarm>>>>>,
/// }
///
/// impl Switch {
///     fn turn(&self, on: bool) -> Result {
///         let mut alarm = self.alarm.lock();
///         // One handler, and not two for a moment.
///         *alarm = None;
///         if on {
///             let registration = panic::register(c"alarm", Priority::FIRST, Alarm);
///             *alarm = Some(KBox::pin_init(registration, GFP_KERNEL)?);
///         }
///         Ok(())
///     }
/// }
///
/// let switch = KBox::pin_init(pin_init!(Switch { alarm <- new_mutex!(None) }), GFP_KERNEL)?;
/// switch.turn(true)?;
/// assert!(switch.alarm.lock().is_some());
/// switch.turn(false)?;
/// assert!(switch.alarm.lock().is_none());
/// # Ok::<(), Error>(())
/// ```
pub type Registration<T> = crate::Registration<Global<Panic>, T>;

/// Registers `handler` on the panic chain, unless the user has said that it is not wanted.
///
/// `name` is what the user knows the handler by, unique in the module: see the
/// [allowlist](self#the-allowlist). It must not be empty, nor have a comma, which separates names
/// there.
///
/// May be done where [`atomic::register()`] may.
///
/// # Errors
///
/// Those of `handler`, and `EINVAL` if `name` is empty or has a comma.
///
/// # Examples
///
/// All that a handler needs is claimed before. If that fails, nobody is registered:
///
/// ```
/// use kernel::prelude::*;
/// use notifier_chain::{
///     atomic,
///     chains::panic,
///     Outcome,
///     Priority, //
/// };
///
/// struct Horn {
///     port: u16,
/// }
///
/// impl Horn {
///     fn claim(port: u16) -> Result<Self> {
///         if port == 0 {
///             return Err(ENODEV);
///         }
///         Ok(Self { port })
///     }
/// }
///
/// impl atomic::Handler<panic::Event<'_>> for Horn {
///     fn notify(&self, _event: &panic::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
///         pr_emerg!("the horn at port {} sounds\n", self.port);
///         Outcome::Done
///     }
/// }
///
/// fn attach(port: u16) -> Result<Pin<KBox<panic::Registration<Horn>>>> {
///     let horn = Horn::claim(port)?;
///     KBox::pin_init(panic::register(c"horn", Priority::FIRST, horn), GFP_KERNEL)
/// }
///
/// assert_eq!(attach(0x61)?.handler().port, 0x61);
/// assert_eq!(attach(0).err(), Some(ENODEV));
///
/// // Nobody could ask for this one.
/// let unnamed = panic::register(c"horn,bell", Priority::FIRST, Horn { port: 0x61 });
/// assert_eq!(KBox::pin_init(unnamed, GFP_KERNEL).err(), Some(EINVAL));
/// let unnamed = panic::register(c"", Priority::FIRST, Horn { port: 0x61 });
/// assert_eq!(KBox::pin_init(unnamed, GFP_KERNEL).err(), Some(EINVAL));
/// # Ok::<(), Error>(())
/// ```
pub fn register<T, E>(
    name: &'static CStr,
    priority: Priority,
    handler: impl PinInit<T, E>,
) -> impl PinInit<Registration<T>, Error>
where
    T: for<'a> atomic::Handler<Event<'a>> + NmiSafe,
    Error: From<E>,
{
    let register: unsafe fn(&Global<Panic>, *mut notifier_block) -> Result =
        if name.is_empty() || name.to_bytes().contains(&b',') {
            refuse
        } else if is_wanted(name) {
            <Global<Panic> as Accepts<T>>::register
        } else {
            leave_out
        };

    // SAFETY: `Accepts::register()` demands what it may. To leave a handler out is what
    // `unregister_panic_notifier()` knows, and one that was refused is not unregistered.
    unsafe { crate::Registration::with(Global::new(), priority, handler, register) }
}

/// Returns whether the user wants the handler.
fn is_wanted(name: &CStr) -> bool {
    // SAFETY: The name is a null-terminated string.
    unsafe { bindings::notifier_chain_panic_wants(name.as_char_ptr()) }
}

/// Does not register a handler with a name that nobody could ask for.
fn refuse(_chain: &Global<Panic>, _block: *mut notifier_block) -> Result {
    Err(EINVAL)
}

/// Does not register a handler that is not wanted. Unregistering it finds nothing to do.
fn leave_out(_chain: &Global<Panic>, _block: *mut notifier_block) -> Result {
    // SAFETY: `unregister_panic_notifier()` undoes it.
    unsafe { bindings::notifier_chain_panic_enter() };
    Ok(())
}

/// Registers `block`, and counts it.
///
/// # Safety
///
/// As for [`Accepts::register()`].
unsafe extern "C" fn register_panic_notifier(block: *mut notifier_block) -> c_int {
    // SAFETY: `unregister_panic_notifier()` undoes it, since the rest never fails.
    unsafe { bindings::notifier_chain_panic_enter() };
    // SAFETY: The head is a static of the kernel, initialised when it was compiled. By the safety
    // requirements, the block is valid, and stays so.
    unsafe { Atomic::link(&raw mut bindings::panic_notifier_list, block) }
}

/// Unregisters `block`, if it was not left out.
///
/// # Safety
///
/// `block` must have been given to `register_panic_notifier()` or `leave_out()`. As for
/// [`Accepts::unregister()`].
unsafe extern "C" fn unregister_panic_notifier(block: *mut notifier_block) -> c_int {
    // SAFETY: The block came by `register_panic_notifier()` or `leave_out()`.
    unsafe { bindings::notifier_chain_panic_leave() };
    // SAFETY: The head is that of `register_panic_notifier()`, and the block is still valid.
    unsafe { Atomic::unlink(&raw mut bindings::panic_notifier_list, block) }
}

/// The chain itself: `panic_notifier_list`.
///
/// # Examples
///
/// It names the chain where a handler is tested, without a panic:
///
/// ```
/// use kernel::{
///     interrupt::local_interrupt_disable,
///     prelude::*,
///     sync::atomic::{
///         Atomic,
///         Relaxed, //
///     },
/// };
/// use notifier_chain::{
///     atomic,
///     chains::{
///         panic::{
///             self,
///             Panic, //
///         },
///         Global, //
///     },
///     Accepts,
///     Outcome, //
/// };
///
/// struct Length(Atomic<usize>);
///
/// impl atomic::Handler<panic::Event<'_>> for Length {
///     fn notify(&self, event: &panic::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
///         self.0.store(event.message().count_bytes(), Relaxed);
///         Outcome::Done
///     }
/// }
///
/// let length = Length(Atomic::new(0));
/// let message = c"sysrq triggered crash".as_char_ptr().cast_mut();
/// let irqs_off = local_interrupt_disable();
/// // SAFETY: `panic()` passes its message, a string that stays, with interrupts off.
/// let outcome = unsafe { Global::<Panic>::notify(&length, 0, message.cast()) };
/// drop(irqs_off);
/// assert_eq!(outcome, Outcome::Done);
/// assert_eq!(length.0.load(Relaxed), 21);
/// ```
pub enum Panic {}

// SAFETY: An atomic chain, which `panic()` alone calls, with interrupts off, and with its message,
// a null-terminated string in a static buffer. Only a panic within this one, on the same CPU,
// writes another message there, and does not come back.
unsafe impl KernelChain for Panic {
    type Kind = Nmi;
    type Event<'a> = Event<'a>;

    const REGISTER: unsafe extern "C" fn(*mut notifier_block) -> c_int = register_panic_notifier;
    const UNREGISTER: unsafe extern "C" fn(*mut notifier_block) -> c_int =
        unregister_panic_notifier;

    const NAMED: bool = true;

    #[inline]
    unsafe fn event<'a>(_action: c_ulong, data: *mut c_void) -> Option<Event<'a>> {
        // SAFETY: By the safety requirements, `data` is the message.
        let message = unsafe { chains::string(data.cast()) };
        Some(Event {
            message: message.unwrap_or_default(),
        })
    }
}
