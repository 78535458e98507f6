// SPDX-License-Identifier: GPL-2.0

//! The reboot chain: the machine is restarted, halted or switched off in an orderly way.
//!
//! A blocking chain, called before the devices are shut down: everything still works. The kernel
//! ignores the answer of a handler, but one that stops the walk keeps the handlers behind it from
//! being called. It cannot keep the machine from going down.
//!
//! A panic does not call this chain, nor does [`emergency_restart()`](srctree/kernel/reboot.c),
//! which SysRq-B calls.
//!
//! C header: [`include/linux/reboot.h`](srctree/include/linux/reboot.h)
//!
//! # Examples
//!
//! ```
//! # use kernel::prelude::*;
//! # use notifier_chain::{chains::reboot, context::Sleepable, *};
//! struct Motor;
//!
//! impl Handler<reboot::Chain> for Motor {
//!     fn notify(&self, event: reboot::Event<'_>, _: Sleepable<'_>) -> NotifyReturn {
//!         pr_info!("{:?}: the motor is stopped\n", event.action());
//!         NotifyReturn::DONE
//!     }
//! }
//!
//! let cx = Sleepable::might_sleep();
//! let motor = Registration::new(reboot::Chain, Priority::DEFAULT, Motor, cx);
//! let _motor = KBox::pin_init(motor, GFP_KERNEL)?;
//! # Ok::<(), Error>(())
//! ```

use kernel::prelude::*;

use crate::{
    bindings,
    blocking::Blocking,
    chains::Text,
    register_by,
    NotifyReturn, //
};

kernel_enum! {
    /// How the machine goes down.
    pub enum Action {
        /// It starts again: `SYS_RESTART`.
        Restart = bindings::SYS_RESTART,
        /// It stops: `SYS_HALT`.
        Halt = bindings::SYS_HALT,
        /// It stops, and is switched off: `SYS_POWER_OFF`.
        PowerOff = bindings::SYS_POWER_OFF,
    }
}

/// The machine is about to go down.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    action: Action,
    command: Text<'a>,
}

impl<'a> Event<'a> {
    /// Returns how the machine goes down.
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
        self.command.get()
    }
}

/// The reboot chain: `register_reboot_notifier()`.
pub struct Chain;

// SAFETY: A blocking chain in a static. The kernel passes `SYS_RESTART`, `SYS_HALT` or
// `SYS_POWER_OFF`, and a null-terminated string or null, which stays for the call.
unsafe impl crate::Chain for Chain {
    type Kind = Blocking;
    type Event<'a> = Event<'a>;
    type Answer = NotifyReturn;

    register_by!(
        bindings::register_reboot_notifier,
        bindings::unregister_reboot_notifier
    );

    #[inline]
    unsafe fn notify(
        action: c_ulong,
        data: *mut c_void,
        handler: impl FnOnce(Event<'_>) -> NotifyReturn,
    ) -> c_int {
        handler(Event {
            action: Action::from_raw(action),
            // SAFETY: By the safety requirements, `data` is a string, or null.
            command: unsafe { Text::new(data.cast()) },
        })
        .into_raw()
    }
}
