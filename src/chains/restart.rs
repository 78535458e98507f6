// SPDX-License-Identifier: GPL-2.0

//! The restart chain: the last step of a restart. A handler restarts the machine.
//!
//! An atomic chain, for drivers of what can reset a board, such as a watchdog. Drivers register on
//! [`sys_off::Restart`](super::sys_off::Restart) instead. It is the same chain, and it refuses a
//! priority that another handler has, unless that is the default one.
//!
//! Unless it is an emergency, the [reboot chain](super::reboot) has been called long before, and
//! the devices are shut down. The kernel calls the handlers until one of them does not return. It
//! ignores their answers, but one that stops the walk keeps those behind it from being tried.
//!
//! The architecture decides when it is called. Arm, Arm64, RISC-V and LoongArch do so in every
//! restart. This includes an emergency restart, which SysRq-B asks for, and a panic with a timeout.
//! So a handler that panics is called again when its own panic restarts the machine, without end.
//! Arm64 and RISC-V ask the EFI firmware first, if there is one, and call the chain only if it does
//! not reset the machine. x86 calls the chain when it is restarted in an orderly way, before its
//! own ways to reset, but not in an emergency, nor as a paravirtualised guest of Xen, nor in a VTL
//! of Hyper-V. User-Mode Linux and s390 do not call it.
//!
//! On Arm and Arm64, interrupts are off and the other CPUs are stopped. So they are on x86, unless
//! the user has set `reboot=force`. LoongArch stops the other CPUs and leaves interrupts as they
//! are. RISC-V does neither. A stopped CPU may hold any lock, and so may this one in an emergency.
//! Hence handlers are [`NmiSafe`](crate::context::NmiSafe).
//!
//! C header: [`include/linux/reboot.h`](srctree/include/linux/reboot.h)
//!
//! # Examples
//!
//! ```
//! # use kernel::{prelude::*, sync::rcu};
//! # use notifier_chain::{chains::restart, context::Sleepable, *};
//! struct Watchdog;
//!
//! impl Handler<restart::Chain> for Watchdog {
//!     fn notify(&self, event: restart::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
//!         pr_emerg!("{:?}: the watchdog bites\n", event.mode());
//!         NotifyReturn::DONE
//!     }
//! }
//!
//! let cx = Sleepable::might_sleep();
//! let watchdog = Registration::new(restart::Chain, restart::LAST_RESORT, Watchdog, cx);
//! let _watchdog = KBox::pin_init(watchdog, GFP_KERNEL)?;
//! # Ok::<(), Error>(())
//! ```

use kernel::prelude::*;

use crate::{
    atomic::Nmi,
    bindings,
    chains::Text,
    register_by,
    NotifyReturn,
    Priority, //
};

/// The priority of a handler that can restart only a part, or not well.
pub const LAST_RESORT: Priority = Priority::new(0);

/// The priority of a handler that can restart the whole machine.
pub const DEFAULT: Priority = Priority::new(128);

/// The priority of a handler that is to be used before all others.
pub const HIGHEST: Priority = Priority::new(255);

kernel_enum! {
    /// How the user wants the machine restarted: `enum reboot_mode`, which the boot parameter
    /// `reboot=` and the file `/sys/kernel/reboot/mode` set. After a panic it is that of
    /// `reboot=panic_...`, if given.
    pub enum Mode {
        /// `REBOOT_UNDEFINED`, which the kernel does not pass.
        Undefined = bindings::reboot_mode_REBOOT_UNDEFINED,
        /// As if it had been switched off and on: `REBOOT_COLD`. The default, except on Arm.
        Cold = bindings::reboot_mode_REBOOT_COLD,
        /// Without a test of the memory, for example: `REBOOT_WARM`.
        Warm = bindings::reboot_mode_REBOOT_WARM,
        /// `REBOOT_HARD`.
        Hard = bindings::reboot_mode_REBOOT_HARD,
        /// `REBOOT_SOFT`.
        Soft = bindings::reboot_mode_REBOOT_SOFT,
        /// By a line that resets the board: `REBOOT_GPIO`.
        Gpio = bindings::reboot_mode_REBOOT_GPIO,
    }
}

/// The machine is to be restarted now.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    mode: Mode,
    command: Text<'a>,
}

impl<'a> Event<'a> {
    /// Makes the event of what the chain passes.
    ///
    /// # Safety
    ///
    /// `command` must be null, or a null-terminated string that stays as it is for `'a`.
    #[inline]
    pub(super) unsafe fn from_raw(mode: c_ulong, command: *mut c_void) -> Self {
        Self {
            mode: Mode::from_raw(mode),
            // SAFETY: The requirements are the same.
            command: unsafe { Text::new(command.cast()) },
        }
    }

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
        self.command.get()
    }
}

/// The restart chain: `register_restart_handler()`.
///
/// Register with [`LAST_RESORT`], [`DEFAULT`], [`HIGHEST`], or a priority between them.
/// [`Priority::DEFAULT`] is the last resort here. The firmware's handlers come before one with
/// [`DEFAULT`]: that of PSCI on Arm and Arm64 has priority 129, that of SBI on RISC-V 192.
pub struct Chain;

// SAFETY: An atomic chain in a static, which `do_kernel_restart()` alone calls. It passes an
// `enum reboot_mode`, and a null-terminated string of its caller's or null.
unsafe impl crate::Chain for Chain {
    type Kind = Nmi;
    type Event<'a> = Event<'a>;
    type Answer = NotifyReturn;

    register_by!(
        bindings::register_restart_handler,
        bindings::unregister_restart_handler
    );

    #[inline]
    unsafe fn notify(
        action: c_ulong,
        data: *mut c_void,
        handler: impl FnOnce(Event<'_>) -> NotifyReturn,
    ) -> c_int {
        // SAFETY: By the safety requirements, `data` is a string, or null.
        handler(unsafe { Event::from_raw(action, data) }).into_raw()
    }
}
