// SPDX-License-Identifier: GPL-2.0

//! The restart chain: the very last step of a restart. A handler is what restarts the machine.
//!
//! An atomic chain, for the drivers of what can reset a board, such as a watchdog. But for an
//! emergency, the [reboot chain](super::reboot) has been called long before, and the devices are
//! shut down. The kernel calls the handlers until one of them does not come back; what they answer
//! is ignored, except that one which stops the chain keeps those behind it from being tried.
//!
//! Who calls it is up to the architecture. Arm, Arm64, RISC-V, PowerPC, MIPS and others do at the
//! end of every restart, if nothing else has reset the machine. That includes an emergency restart,
//! which SysRq-B asks for, and a panic with a timeout. x86 calls it when it is restarted in good
//! order, before its own ways to reset, and not in an emergency, nor as a paravirtualised guest of
//! Xen. User-Mode Linux and s390 do not call it at all.
//!
//! On x86, Arm and Arm64, interrupts are off and the other CPUs stopped, unless the user has said
//! `reboot=force`. They were stopped wherever they happened to be, with any lock held; in an
//! emergency, so was this one. Hence what a handler owns must be [`NmiSafe`].
//!
//! C header: [`include/linux/reboot.h`](srctree/include/linux/reboot.h)
//!
//! [`NmiSafe`]: crate::context::NmiSafe
//!
//! # Examples
//!
//! ```
//! use kernel::prelude::*;
//! use notifier_chain::{
//!     atomic,
//!     chains::restart,
//!     Outcome, //
//! };
//!
//! struct Watchdog;
//!
//! impl atomic::Handler<restart::Event<'_>> for Watchdog {
//!     fn notify(&self, event: &restart::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
//!         pr_emerg!("{:?}: the watchdog bites\n", event.mode());
//!         Outcome::Done
//!     }
//! }
//!
//! let _watchdog = KBox::pin_init(
//!     restart::register(restart::LAST_RESORT, Watchdog),
//!     GFP_KERNEL,
//! )?;
//! # Ok::<(), Error>(())
//! ```

use kernel::{
    bindings::notifier_block,
    prelude::*, //
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

/// The priority of a handler that can restart only a part, or not well.
///
/// # Examples
///
/// A watchdog resets the board, but not what else there is. It is what a notifier gets that asks
/// for nothing:
///
/// ```
/// use notifier_chain::{
///     chains::restart,
///     Priority, //
/// };
///
/// assert_eq!(restart::LAST_RESORT, Priority::DEFAULT);
/// ```
pub const LAST_RESORT: Priority = Priority::new(0);

/// The priority of a handler that can restart the whole machine.
///
/// # Examples
///
/// It is not [`Priority::DEFAULT`], which is 0:
///
/// ```
/// use notifier_chain::{
///     chains::restart,
///     Priority, //
/// };
///
/// assert!(restart::DEFAULT > Priority::DEFAULT);
/// ```
pub const DEFAULT: Priority = Priority::new(128);

/// The priority of a handler that is to be used before all others.
///
/// # Examples
///
/// Nothing but convention keeps others from being before it:
///
/// ```
/// use notifier_chain::{
///     chains::restart,
///     Priority, //
/// };
///
/// // A board that has two ways to restart: both are tried before those of others.
/// const SECOND_BEST: Priority = Priority::new(restart::HIGHEST.get() - 1);
///
/// assert!(restart::DEFAULT < SECOND_BEST);
/// assert!(SECOND_BEST < restart::HIGHEST);
/// assert!(restart::HIGHEST < Priority::FIRST);
/// ```
pub const HIGHEST: Priority = Priority::new(255);

/// How the user wants the machine restarted: `enum reboot_mode`, the boot parameter `reboot=`.
///
/// # Examples
///
/// The bit of a reset controller that keeps what is in the memory:
///
/// ```
/// use notifier_chain::chains::restart;
///
/// fn keeps_memory(mode: restart::Mode) -> bool {
///     matches!(mode, restart::Mode::Warm | restart::Mode::Soft)
/// }
///
/// assert!(keeps_memory(restart::Mode::Warm));
/// assert!(!keeps_memory(restart::Mode::Undefined));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mode {
    /// Nothing is said: `REBOOT_UNDEFINED`.
    Undefined,
    /// As if it had been switched off and on: `REBOOT_COLD`.
    Cold,
    /// Without a test of the memory, for example: `REBOOT_WARM`.
    Warm,
    /// `REBOOT_HARD`.
    Hard,
    /// `REBOOT_SOFT`.
    Soft,
    /// By a line that resets the board: `REBOOT_GPIO`.
    Gpio,
    /// Any other, with the kernel's number.
    Other(c_ulong),
}

impl Mode {
    fn from_raw(mode: c_ulong) -> Self {
        // A `reboot_mode` is a `c_int`, and the chain passes on an `unsigned long`: -1 is its
        // highest value.
        match bindings::reboot_mode::try_from(mode as c_long) {
            Ok(bindings::reboot_mode_REBOOT_UNDEFINED) => Self::Undefined,
            Ok(bindings::reboot_mode_REBOOT_COLD) => Self::Cold,
            Ok(bindings::reboot_mode_REBOOT_WARM) => Self::Warm,
            Ok(bindings::reboot_mode_REBOOT_HARD) => Self::Hard,
            Ok(bindings::reboot_mode_REBOOT_SOFT) => Self::Soft,
            Ok(bindings::reboot_mode_REBOOT_GPIO) => Self::Gpio,
            _ => Self::Other(mode),
        }
    }
}

/// The machine is to be restarted now.
///
/// # Examples
///
/// What a handler writes where the firmware looks after the reset:
///
/// ```
/// use kernel::prelude::*;
/// use notifier_chain::chains::{
///     restart::{
///         self,
///         Restart, //
///     },
///     KernelChain, //
/// };
///
/// fn magic(event: &restart::Event<'_>) -> u32 {
///     match event.command().map(CStr::to_bytes) {
///         Some(b"recovery") => 0x5245_434f,
///         Some(b"bootloader") => 0x424f_4f54,
///         _ if event.mode() == restart::Mode::Warm => 1,
///         _ => 0,
///     }
/// }
///
/// // SAFETY: `do_kernel_restart()` passes the mode and the command, and these are a cold one and
/// // `recovery`.
/// let event = unsafe { Restart::event(0, c"recovery".as_char_ptr().cast_mut().cast()) };
/// assert_eq!(event.as_ref().map(magic), Some(0x5245_434f));
/// ```
pub struct Event<'a> {
    mode: Mode,
    command: Option<&'a CStr>,
}

impl<'a> Event<'a> {
    /// Returns how the user wants it restarted.
    #[inline]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Returns the command for the firmware or the boot loader, if there is one: see
    /// [`reboot::Event::command()`](super::reboot::Event::command).
    ///
    /// It may not be valid UTF-8.
    #[inline]
    pub fn command(&self) -> Option<&'a CStr> {
        self.command
    }
}

/// A handler's time on the restart chain.
///
/// # Examples
///
/// In the struct of a watchdog's driver, so that it goes with it:
///
/// ```
/// use kernel::prelude::*;
/// use notifier_chain::{
///     atomic,
///     chains::restart,
///     Outcome, //
/// };
///
/// struct Reset {
///     register: usize,
/// }
///
/// impl atomic::Handler<restart::Event<'_>> for Reset {
///     fn notify(&self, _event: &restart::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
///         pr_emerg!("the register at {:#x} is written to\n", self.register);
///         Outcome::Done
///     }
/// }
///
/// #[pin_data]
/// struct Watchdog {
///     timeout: u32,
///     #[pin]
///     reset: restart::Registration<Reset>,
/// }
///
/// let watchdog = KBox::pin_init(
///     try_pin_init!(Watchdog {
///         timeout: 60,
///         reset <- restart::register(restart::LAST_RESORT, Reset { register: 0x18 }),
///     }),
///     GFP_KERNEL,
/// )?;
/// assert_eq!(watchdog.reset.handler().register, 0x18);
/// # Ok::<(), Error>(())
/// ```
pub type Registration<T> = crate::Registration<Global<Restart>, T>;

/// Registers `handler` on the restart chain: `register_restart_handler()`.
///
/// `priority` should be [`LAST_RESORT`], [`DEFAULT`], [`HIGHEST`], or between them. Beware that
/// [`Priority::DEFAULT`] is the last resort here.
///
/// May be done where [`atomic::register()`] may.
///
/// # Errors
///
/// Those of `handler`.
///
/// # Examples
///
/// Two ways to restart a board. The better one is tried first, in whatever order they come:
///
/// ```
/// use kernel::prelude::*;
/// use notifier_chain::{
///     atomic,
///     chains::restart,
///     Outcome, //
/// };
///
/// struct Way(&'static CStr);
///
/// impl atomic::Handler<restart::Event<'_>> for Way {
///     fn notify(&self, _event: &restart::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
///         pr_emerg!("restarting by {}\n", self.0);
///         Outcome::Done
///     }
/// }
///
/// let cpu = restart::register(restart::LAST_RESORT, Way(c"the watchdog"));
/// let cpu = KBox::pin_init(cpu, GFP_KERNEL)?;
/// let board = restart::register(restart::DEFAULT, Way(c"the power controller"));
/// let board = KBox::pin_init(board, GFP_KERNEL)?;
/// assert_ne!(cpu.handler().0, board.handler().0);
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
/// It names the chain where a handler is tested, without a restart:
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
///     chains::{
///         restart::{
///             self,
///             Restart, //
///         },
///         Global, //
///     },
///     Accepts,
///     Outcome, //
/// };
///
/// struct Watchdog {
///     bites: Atomic<bool>,
/// }
///
/// impl atomic::Handler<restart::Event<'_>> for Watchdog {
///     fn notify(&self, _event: &restart::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
///         self.bites.store(true, Relaxed);
///         Outcome::Done
///     }
/// }
///
/// let watchdog = Watchdog { bites: Atomic::new(false) };
/// // SAFETY: `do_kernel_restart()` passes the mode and the command, and these are a cold one and
/// // none.
/// unsafe { Global::<Restart>::notify(&watchdog, 0, core::ptr::null_mut()) };
/// assert!(watchdog.bites.load(Relaxed));
/// ```
pub enum Restart {}

// SAFETY: An atomic chain, which `do_kernel_restart()` alone calls, with a null-terminated string
// of its caller's, or null.
unsafe impl KernelChain for Restart {
    type Kind = Nmi;
    type Event<'a> = Event<'a>;

    const REGISTER: unsafe extern "C" fn(*mut notifier_block) -> c_int =
        bindings::register_restart_handler;
    const UNREGISTER: unsafe extern "C" fn(*mut notifier_block) -> c_int =
        bindings::unregister_restart_handler;

    #[inline]
    unsafe fn event<'a>(action: c_ulong, data: *mut c_void) -> Option<Event<'a>> {
        Some(Event {
            mode: Mode::from_raw(action),
            // SAFETY: By the safety requirements, `data` is a string, or null.
            command: unsafe { chains::string(data.cast()) },
        })
    }
}
