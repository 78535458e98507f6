// SPDX-License-Identifier: GPL-2.0

//! The die chain: the kernel oopses, or a CPU traps.
//!
//! An atomic chain, called where it happens: with any lock held, and some of it in NMI context.
//! Hence what a handler owns must be [`NmiSafe`], and what it calls is up to its author, as on the
//! [panic chain](super::panic). An oops comes here when its registers are in the log already; if it
//! is fatal, the panic chain is called after this one.
//!
//! What else is told is up to the architecture. Many tell an oops and nothing more, User-Mode Linux
//! nothing at all. On x86 it is this, and no NMI; an answer of [`Outcome::Stop`] means that the
//! matter is settled:
//!
//! | kind | what happened | after `Stop` |
//! | --- | --- | --- |
//! | [`Oops`](Kind::Oops) | the kernel oopses | it goes on, see below |
//! | `Int3` | a breakpoint, in the kernel or a process | it goes on behind it: no oops, no signal |
//! | `Debug` | a single step, or a breakpoint of the hardware | nobody else looks at it |
//! | `Trap` | another trap, in the kernel or a process | it goes on: no oops, no signal |
//! | `GeneralProtection` | a general protection fault in the kernel | it goes on: no oops |
//!
//! To stop the chain is a trap of its own. An oops is not fatal then: no task is killed, and
//! `panic_on_oops` does nothing, except that a kdump kernel is started all the same. Where the
//! kernel goes on after a fault is the instruction that faulted, which does so again, without end.
//! A handler that comes before those of uprobes and of the hardware's breakpoints takes from them
//! what is theirs. The other answers that end the walk have no such meaning: whoever is behind does
//! not hear of it, and the kernel does what it does if nobody is registered. The double fault does
//! not ask.
//!
//! Most of it a process can bring about as often as it likes: a handler that logs should look at
//! [`Event::kind()`] first.
//!
//! [`NmiSafe`]: crate::context::NmiSafe
//! [`Outcome::Stop`]: crate::Outcome::Stop
//!
//! C headers: [`include/linux/kdebug.h`](srctree/include/linux/kdebug.h),
//! [`arch/x86/include/asm/kdebug.h`](srctree/arch/x86/include/asm/kdebug.h)
//!
//! # Examples
//!
//! ```
//! use kernel::prelude::*;
//! use notifier_chain::{
//!     atomic,
//!     chains::die,
//!     Outcome,
//!     Priority, //
//! };
//!
//! struct Log;
//!
//! impl atomic::Handler<die::Event<'_>> for Log {
//!     fn notify(&self, event: &die::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
//!         if event.kind() == die::Kind::Oops {
//!             let at = event.registers().map(die::Registers::instruction_pointer);
//!             pr_emerg!("{:?} at {:x?}\n", event.message(), at);
//!         }
//!         Outcome::Done
//!     }
//! }
//!
//! let _log = KBox::pin_init(die::register(Priority::DEFAULT, Log), GFP_KERNEL)?;
//! # Ok::<(), Error>(())
//! ```

use kernel::{
    bindings::{
        notifier_block,
        pt_regs, //
    },
    prelude::*,
    types::Opaque, //
};

use crate::{
    atomic::{
        self,
        Nmi, //
    },
    bindings,
    chains::{
        self,
        Global,
        KernelChain, //
    },
    context::NmiSafe,
    Priority, //
};

/// What happened: `enum die_val`.
///
/// The kinds are those of the architecture. Most of x86's are mere names: it tells five of them.
///
/// # Examples
///
/// Which of them are somebody's fault, and which a debugger's. Those of another architecture are
/// not there, and neither need they be:
///
/// ```
/// use notifier_chain::chains::die;
///
/// fn is_fault(kind: die::Kind) -> bool {
///     match kind {
///         die::Kind::Oops => true,
///         #[cfg(CONFIG_X86)]
///         die::Kind::Trap | die::Kind::GeneralProtection => true,
///         _ => false,
///     }
/// }
///
/// assert!(is_fault(die::Kind::Oops));
/// assert!(!is_fault(die::Kind::Other(77)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// The kernel oopses: `DIE_OOPS`.
    Oops,
    /// A breakpoint instruction: `DIE_INT3`.
    #[cfg(CONFIG_X86)]
    Int3,
    /// A debug exception: `DIE_DEBUG`. Its [error code](Event::error_code) is an address.
    #[cfg(CONFIG_X86)]
    Debug,
    /// `DIE_PANIC`, which x86 does not tell. A panic is told to its [own chain](super::panic).
    #[cfg(CONFIG_X86)]
    Panic,
    /// `DIE_NMI`, which x86 does not tell.
    #[cfg(CONFIG_X86)]
    Nmi,
    /// `DIE_DIE`, which x86 does not tell.
    #[cfg(CONFIG_X86)]
    Die,
    /// `DIE_KERNELDEBUG`, which x86 does not tell.
    #[cfg(CONFIG_X86)]
    KernelDebug,
    /// A trap that has no kind of its own, such as an invalid instruction: `DIE_TRAP`.
    #[cfg(CONFIG_X86)]
    Trap,
    /// A general protection fault in the kernel: `DIE_GPF`.
    #[cfg(CONFIG_X86)]
    GeneralProtection,
    /// `DIE_CALL`, which x86 does not tell.
    #[cfg(CONFIG_X86)]
    Call,
    /// `DIE_PAGE_FAULT`, which x86 does not tell.
    #[cfg(CONFIG_X86)]
    PageFault,
    /// `DIE_NMIUNKNOWN`, which x86 does not tell.
    #[cfg(CONFIG_X86)]
    UnknownNmi,
    /// Any other, with the kernel's number.
    Other(c_ulong),
}

impl Kind {
    fn from_raw(action: c_ulong) -> Self {
        // A `die_val` is a `c_uint`, and the chain passes on an `unsigned long`.
        match bindings::die_val::try_from(action) {
            Ok(bindings::die_val_DIE_OOPS) => Self::Oops,
            #[cfg(CONFIG_X86)]
            Ok(bindings::die_val_DIE_INT3) => Self::Int3,
            #[cfg(CONFIG_X86)]
            Ok(bindings::die_val_DIE_DEBUG) => Self::Debug,
            #[cfg(CONFIG_X86)]
            Ok(bindings::die_val_DIE_PANIC) => Self::Panic,
            #[cfg(CONFIG_X86)]
            Ok(bindings::die_val_DIE_NMI) => Self::Nmi,
            #[cfg(CONFIG_X86)]
            Ok(bindings::die_val_DIE_DIE) => Self::Die,
            #[cfg(CONFIG_X86)]
            Ok(bindings::die_val_DIE_KERNELDEBUG) => Self::KernelDebug,
            #[cfg(CONFIG_X86)]
            Ok(bindings::die_val_DIE_TRAP) => Self::Trap,
            #[cfg(CONFIG_X86)]
            Ok(bindings::die_val_DIE_GPF) => Self::GeneralProtection,
            #[cfg(CONFIG_X86)]
            Ok(bindings::die_val_DIE_CALL) => Self::Call,
            #[cfg(CONFIG_X86)]
            Ok(bindings::die_val_DIE_PAGE_FAULT) => Self::PageFault,
            #[cfg(CONFIG_X86)]
            Ok(bindings::die_val_DIE_NMIUNKNOWN) => Self::UnknownNmi,
            _ => Self::Other(action),
        }
    }
}

/// An oops or a trap.
///
/// # Examples
///
/// A driver settles its own breakpoint on x86. Without the handler, this is an oops:
///
/// ```
/// use kernel::{
///     prelude::*,
///     sync::atomic::{
///         Atomic,
///         Relaxed, //
///     },
/// };
/// use notifier_chain::{
///     atomic,
///     chains::die,
///     Outcome,
///     Priority, //
/// };
///
/// struct Breakpoint {
///     signal: Atomic<i32>,
/// }
///
/// impl atomic::Handler<die::Event<'_>> for Breakpoint {
///     fn notify(&self, event: &die::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
///         // One in a process is its debugger's.
///         if event.message() != c"int3" || event.registers().is_none_or(|r| r.is_user_mode()) {
///             return Outcome::Done;
///         }
///         self.signal.store(event.signal(), Relaxed);
///         Outcome::Stop
///     }
/// }
///
/// let breakpoint = Breakpoint { signal: Atomic::new(0) };
/// let breakpoint = KBox::pin_init(die::register(Priority::FIRST, breakpoint), GFP_KERNEL)?;
///
/// #[cfg(CONFIG_X86)]
/// {
///     // SAFETY: The handler has the kernel go on behind it.
///     unsafe { core::arch::asm!("int3") };
///     // `SIGTRAP`.
///     assert_eq!(breakpoint.handler().signal.load(Relaxed), 5);
/// }
/// # Ok::<(), Error>(())
/// ```
pub struct Event<'a> {
    kind: Kind,
    args: &'a bindings::die_args,
    message: &'a CStr,
    registers: Option<&'a Registers>,
}

impl<'a> Event<'a> {
    /// Returns what happened.
    #[inline]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns the kernel's word for it, such as `Oops` or `int3`. It is empty if there is none.
    #[inline]
    pub fn message(&self) -> &'a CStr {
        self.message
    }

    /// Returns the error code that the hardware gave, or 0.
    #[inline]
    pub fn error_code(&self) -> c_long {
        self.args.err
    }

    /// Returns the hardware's number of the trap. For an oops it is the latest of the task's, which
    /// need not be the cause; for `Debug` it is 0.
    #[inline]
    pub fn trap(&self) -> c_int {
        self.args.trapnr
    }

    /// Returns the number of the signal that a process is sent for it.
    #[inline]
    pub fn signal(&self) -> c_int {
        self.args.signr
    }

    /// Returns the registers as they were when it happened, if they are known.
    #[inline]
    pub fn registers(&self) -> Option<&'a Registers> {
        self.registers
    }
}

/// The registers of a CPU: `struct pt_regs`.
///
/// # Examples
///
/// Where the kernel was when it last oopsed, kept for whoever asks later:
///
/// ```
/// use kernel::{
///     prelude::*,
///     sync::atomic::{
///         Atomic,
///         Relaxed, //
///     },
/// };
/// use notifier_chain::{
///     atomic,
///     chains::die,
///     Outcome,
///     Priority, //
/// };
///
/// struct LastOops(Atomic<usize>);
///
/// impl atomic::Handler<die::Event<'_>> for LastOops {
///     fn notify(&self, event: &die::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
///         if event.kind() == die::Kind::Oops {
///             let at = event.registers().map_or(0, |registers| registers.instruction_pointer());
///             self.0.store(at, Relaxed);
///         }
///         Outcome::Done
///     }
/// }
///
/// let last = die::register(Priority::DEFAULT, LastOops(Atomic::new(0)));
/// let last = KBox::pin_init(last, GFP_KERNEL)?;
/// assert_eq!(last.handler().0.load(Relaxed), 0);
/// # Ok::<(), Error>(())
/// ```
#[repr(transparent)]
pub struct Registers(Opaque<pt_regs>);

impl Registers {
    /// Returns the address of the instruction that was run, or of the next one: that is up to the
    /// trap.
    #[inline]
    pub fn instruction_pointer(&self) -> usize {
        // SAFETY: The registers are there, and a field of theirs is read.
        unsafe { bindings::notifier_chain_instruction_pointer(self.0.get()) }
    }

    /// Returns whether it was a process that ran, and not the kernel.
    #[inline]
    pub fn is_user_mode(&self) -> bool {
        // SAFETY: As above.
        unsafe { bindings::notifier_chain_user_mode(self.0.get()) }
    }
}

/// A handler's time on the die chain.
///
/// # Examples
///
/// It is a `struct notifier_block` and the handler behind it, and nothing else. A handler without a
/// state costs nothing more than in C:
///
/// ```
/// use kernel::bindings::notifier_block;
/// use notifier_chain::{
///     atomic,
///     chains::die,
///     Outcome, //
/// };
///
/// struct Log;
///
/// impl atomic::Handler<die::Event<'_>> for Log {
///     fn notify(&self, _event: &die::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
///         Outcome::Done
///     }
/// }
///
/// assert_eq!(size_of::<die::Registration<Log>>(), size_of::<notifier_block>());
/// ```
pub type Registration<T> = crate::Registration<Global<Die>, T>;

/// Registers `handler` on the die chain: `register_die_notifier()`.
///
/// May be done where [`atomic::register()`] may.
///
/// # Errors
///
/// Those of `handler`.
///
/// # Examples
///
/// Behind all others, so that nobody is kept from settling what is his. What is settled does not
/// come here:
///
/// ```
/// use kernel::{
///     prelude::*,
///     sync::atomic::{
///         Atomic,
///         Relaxed, //
///     },
/// };
/// use notifier_chain::{
///     atomic,
///     chains::die,
///     Outcome,
///     Priority, //
/// };
///
/// struct Unsettled(Atomic<u32>);
///
/// impl atomic::Handler<die::Event<'_>> for Unsettled {
///     fn notify(&self, _event: &die::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
///         self.0.fetch_add(1, Relaxed);
///         Outcome::Done
///     }
/// }
///
/// let unsettled = die::register(Priority::LAST, Unsettled(Atomic::new(0)));
/// let unsettled = KBox::pin_init(unsettled, GFP_KERNEL)?;
/// assert_eq!(unsettled.handler().0.load(Relaxed), 0);
/// # Ok::<(), Error>(())
/// ```
pub fn register<T, E>(
    priority: Priority,
    handler: impl PinInit<T, E>,
) -> impl PinInit<Registration<T>, Error>
where
    T: for<'a> atomic::Handler<Event<'a>> + NmiSafe,
    Error: From<E>,
{
    crate::Registration::on(Global::new(), priority, handler)
}

/// The chain itself, which is private to the kernel.
///
/// # Examples
///
/// One handler for an oops and for a panic: it is asked at compile time whether both chains take
/// it.
///
/// ```
/// use notifier_chain::{
///     atomic,
///     chains::{
///         die::{
///             self,
///             Die, //
///         },
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
/// struct Light;
///
/// impl atomic::Handler<die::Event<'_>> for Light {
///     fn notify(&self, _event: &die::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
///         Outcome::Done
///     }
/// }
///
/// impl atomic::Handler<panic::Event<'_>> for Light {
///     fn notify(&self, _event: &panic::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
///         Outcome::Done
///     }
/// }
///
/// fn hears_both<T>()
/// where
///     Global<Die>: Accepts<T>,
///     Global<Panic>: Accepts<T>,
/// {
/// }
///
/// hears_both::<Light>();
/// ```
pub enum Die {}

// SAFETY: An atomic chain, which `notify_die()` alone calls, with a `struct die_args` of its own
// stack. The string and the registers in it are null, or those of its caller, which waits for it.
unsafe impl KernelChain for Die {
    type Kind = Nmi;
    type Event<'a> = Event<'a>;

    const REGISTER: unsafe extern "C" fn(*mut notifier_block) -> c_int =
        bindings::register_die_notifier;
    const UNREGISTER: unsafe extern "C" fn(*mut notifier_block) -> c_int =
        bindings::unregister_die_notifier;

    #[inline]
    unsafe fn event<'a>(action: c_ulong, data: *mut c_void) -> Option<Event<'a>> {
        // SAFETY: By the safety requirements, `data` is a `struct die_args`, or null. It stays as
        // it is for the callback.
        let args = unsafe { data.cast::<bindings::die_args>().as_ref() }?;
        Some(Event {
            kind: Kind::from_raw(action),
            args,
            // SAFETY: By the safety requirements, this is a string, or null.
            message: unsafe { chains::string(args.str_) }.unwrap_or_default(),
            // SAFETY: By the safety requirements, these are registers, or null. `Registers` has
            // their layout, and lets C change them.
            registers: unsafe { args.regs.cast::<Registers>().as_ref() },
        })
    }
}
