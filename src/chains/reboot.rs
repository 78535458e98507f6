// SPDX-License-Identifier: GPL-2.0

//! The reboot chain: the machine is about to be restarted, halted or switched off in good order.
//!
//! A blocking chain, called before the devices are shut down: everything still works. The answer of
//! a handler is ignored, except that one which stops the chain keeps the handlers behind it from
//! being called. It cannot keep the machine from going.
//!
//! A machine that goes without asking does not come here: not a panic, not
//! [`emergency_restart()`](srctree/kernel/reboot.c), which SysRq-B calls.
//!
//! C header: [`include/linux/reboot.h`](srctree/include/linux/reboot.h)
//!
//! # Examples
//!
//! ```
//! use kernel::prelude::*;
//! use notifier_chain::{
//!     blocking,
//!     chains::reboot,
//!     context::Sleepable,
//!     Outcome,
//!     Priority, //
//! };
//!
//! struct Motor;
//!
//! impl blocking::Handler<reboot::Event<'_>> for Motor {
//!     fn notify(&self, event: &reboot::Event<'_>, _cx: blocking::Context<'_>) -> Outcome {
//!         pr_info!("{:?}: the motor is stopped\n", event.action());
//!         Outcome::Done
//!     }
//! }
//!
//! let cx = Sleepable::might_sleep();
//! let _motor = KBox::pin_init(reboot::register(cx, Priority::DEFAULT, Motor), GFP_KERNEL)?;
//! # Ok::<(), Error>(())
//! ```

use kernel::{
    bindings::notifier_block,
    prelude::*, //
};

use crate::{
    bindings,
    blocking::{
        self,
        Blocking, //
    },
    chains::{
        self,
        Global,
        KernelChain, //
    },
    context::Sleepable,
    Priority, //
};

/// How the machine goes.
///
/// # Examples
///
/// ```
/// use notifier_chain::chains::reboot;
///
/// /// A disk whose power stays on can keep what it has in its cache.
/// fn loses_power(action: reboot::Action) -> bool {
///     match action {
///         reboot::Action::Restart | reboot::Action::Halt => false,
///         // What is not known may be worse.
///         _ => true,
///     }
/// }
///
/// assert!(loses_power(reboot::Action::PowerOff));
/// assert!(!loses_power(reboot::Action::Restart));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// It comes back: `SYS_RESTART`.
    Restart,
    /// It stops: `SYS_HALT`.
    Halt,
    /// It stops, and its power goes: `SYS_POWER_OFF`.
    PowerOff,
    /// Any other, with the kernel's number.
    Other(c_ulong),
}

/// The machine is about to go.
///
/// # Examples
///
/// Whether the boot loader is asked for, as by `reboot(LINUX_REBOOT_CMD_RESTART2)` with
/// `bootloader`:
///
/// ```
/// use kernel::prelude::*;
/// use notifier_chain::chains::{
///     reboot::{
///         self,
///         Reboot, //
///     },
///     KernelChain, //
/// };
///
/// fn stays_in_boot_loader(event: &reboot::Event<'_>) -> bool {
///     event.action() == reboot::Action::Restart && event.command() == Some(c"bootloader")
/// }
///
/// // SAFETY: `kernel_restart()` passes `SYS_RESTART` and a command, and this is one.
/// let event = unsafe { Reboot::event(1, c"bootloader".as_char_ptr().cast_mut().cast()) };
/// assert!(event.is_some_and(|event| stays_in_boot_loader(&event)));
///
/// // SAFETY: `kernel_halt()` passes `SYS_HALT`, and no command.
/// let event = unsafe { Reboot::event(2, core::ptr::null_mut()) };
/// assert!(event.is_some_and(|event| event.command().is_none()));
/// ```
pub struct Event<'a> {
    action: Action,
    command: Option<&'a CStr>,
}

impl<'a> Event<'a> {
    /// Returns how the machine goes.
    #[inline]
    pub fn action(&self) -> Action {
        self.action
    }

    /// Returns the command for the firmware or the boot loader, if there is one: what user space
    /// gave the system call `reboot()` with `LINUX_REBOOT_CMD_RESTART2`. Where the kernel restarts
    /// the machine by itself, it may be a reason instead, such as `kexec reboot`.
    ///
    /// It may not be valid UTF-8.
    #[inline]
    pub fn command(&self) -> Option<&'a CStr> {
        self.command
    }
}

/// A handler's time on the reboot chain.
///
/// # Examples
///
/// One for each device, which goes with it:
///
/// ```
/// use kernel::prelude::*;
/// use notifier_chain::{
///     blocking,
///     chains::reboot,
///     context::Sleepable,
///     Outcome,
///     Priority, //
/// };
///
/// struct Motor {
///     number: u32,
/// }
///
/// impl blocking::Handler<reboot::Event<'_>> for Motor {
///     fn notify(&self, _event: &reboot::Event<'_>, _cx: blocking::Context<'_>) -> Outcome {
///         pr_info!("motor {} is stopped\n", self.number);
///         Outcome::Done
///     }
/// }
///
/// let cx = Sleepable::might_sleep();
/// let mut motors: KVec<Pin<KBox<reboot::Registration<Motor>>>> = KVec::new();
/// for number in 0..3 {
///     let motor = reboot::register(cx, Priority::DEFAULT, Motor { number });
///     motors.push(KBox::pin_init(motor, GFP_KERNEL)?, GFP_KERNEL)?;
/// }
///
/// // The second one is unplugged.
/// drop(motors.remove(1));
/// let numbers = motors.iter().map(|motor| motor.handler().number);
/// assert!(numbers.eq([0, 2]));
/// # Ok::<(), Error>(())
/// ```
pub type Registration<T> = crate::Registration<Global<Reboot>, T>;

/// Registers `handler` on the reboot chain: `register_reboot_notifier()`. May sleep.
///
/// # Errors
///
/// Those of `handler`.
///
/// # Examples
///
/// A handler that has a lock, and so is initialised where it stays. It may sleep while it waits for
/// it:
///
/// ```
/// use kernel::{
///     new_mutex,
///     prelude::*,
///     sync::Mutex, //
/// };
/// use notifier_chain::{
///     blocking,
///     chains::reboot,
///     context::Sleepable,
///     Outcome,
///     Priority, //
/// };
///
/// #[pin_data]
/// struct Motor {
///     #[pin]
///     rpm: Mutex<u32>,
/// }
///
/// impl blocking::Handler<reboot::Event<'_>> for Motor {
///     fn notify(&self, _event: &reboot::Event<'_>, _cx: blocking::Context<'_>) -> Outcome {
///         *self.rpm.lock() = 0;
///         Outcome::Done
///     }
/// }
///
/// let cx = Sleepable::might_sleep();
/// let motor = pin_init!(Motor { rpm <- new_mutex!(500) });
/// let motor = KBox::pin_init(reboot::register(cx, Priority::DEFAULT, motor), GFP_KERNEL)?;
///
/// // The driver goes on using it.
/// *motor.handler().rpm.lock() += 100;
/// assert_eq!(*motor.handler().rpm.lock(), 600);
/// # Ok::<(), Error>(())
/// ```
pub fn register<T, E>(
    cx: Sleepable<'_>,
    priority: Priority,
    handler: impl PinInit<T, E>,
) -> impl PinInit<Registration<T>, Error>
where
    T: for<'a> blocking::Handler<Event<'a>>,
    Error: From<E>,
{
    chains::register(cx, priority, handler)
}

/// The chain itself, which is private to the kernel.
///
/// # Examples
///
/// It says of which kind the chain is, where a function takes chains of one kind:
///
/// ```
/// use notifier_chain::{
///     blocking::Blocking,
///     chains::{
///         reboot::Reboot,
///         KernelChain, //
///     },
/// };
///
/// fn may_sleep<C: KernelChain<Kind = Blocking>>() {}
///
/// may_sleep::<Reboot>();
/// ```
pub enum Reboot {}

// SAFETY: A blocking chain, which the kernel calls only with how it goes, and with a
// null-terminated string or null.
unsafe impl KernelChain for Reboot {
    type Kind = Blocking;
    type Event<'a> = Event<'a>;

    const REGISTER: unsafe extern "C" fn(*mut notifier_block) -> c_int =
        bindings::register_reboot_notifier;
    const UNREGISTER: unsafe extern "C" fn(*mut notifier_block) -> c_int =
        bindings::unregister_reboot_notifier;

    #[inline]
    unsafe fn event<'a>(action: c_ulong, data: *mut c_void) -> Option<Event<'a>> {
        Some(Event {
            action: match u32::try_from(action) {
                Ok(bindings::SYS_RESTART) => Action::Restart,
                Ok(bindings::SYS_HALT) => Action::Halt,
                Ok(bindings::SYS_POWER_OFF) => Action::PowerOff,
                _ => Action::Other(action),
            },
            // SAFETY: By the safety requirements, `data` is a string, or null.
            command: unsafe { chains::string(data.cast()) },
        })
    }
}
