// SPDX-License-Identifier: GPL-2.0

//! The sys-off chains: the last steps of a restart and of a power-off.
//!
//! A driver that can restart a board, or switch it off, registers here. There are four chains:
//!
//! | chain | what a handler does |
//! | --- | --- |
//! | [`RestartPrepare`] | prepares a restart; it may sleep |
//! | [`Restart`] | restarts the machine |
//! | [`PowerOffPrepare`] | prepares a power-off; it may sleep |
//! | [`PowerOff`] | switches the machine off |
//!
//! Before any of them, the kernel calls the [reboot chain](super::reboot) and shuts the devices
//! down. It calls the two chains that prepare in a task, with `system_transition_mutex` held in
//! most cases: a handler must not reboot or suspend the machine. An emergency restart, a panic with
//! a timeout, kexec and a halt do not call them.
//!
//! [`Restart`] is the [restart chain](super::restart), with all that is said there.
//!
//! [`PowerOff`] is called with interrupts off and the other CPUs stopped on Arm and Arm64, and on
//! x86 unless the user has set `reboot=force`. LoongArch stops the other CPUs, RISC-V does not, and
//! both leave interrupts as they are, as x86 does without `CONFIG_SMP`. A paravirtualised guest of
//! Xen does neither. User-Mode Linux does not call it. RISC-V calls it for a halt, too. A stopped
//! CPU may hold any lock. Hence the handlers of both are [`NmiSafe`](crate::context::NmiSafe).
//!
//! The kernel calls the handlers of [`Restart`] and [`PowerOff`] until one of them does not return.
//! It ignores the answers on all four chains, but a handler that stops the walk keeps those behind
//! it from being called.
//!
//! With a handler on [`PowerOff`], the kernel takes it that the machine can be switched off, and
//! does not halt it instead. So a handler there should be able to do that.
//!
//! # Priorities
//!
//! [`LOW`], [`DEFAULT`], [`HIGH`] and [`FIRMWARE`] are standard levels, and a handler may be
//! registered between them. On x86, ACPI switches the machine off with [`FIRMWARE`].
//!
//! # Errors
//!
//! Registering fails with
//!
//! - `EBUSY` if a handler with that priority is on the chain, unless the priority is [`DEFAULT`],
//! - `ENOMEM` if there is no memory: these chains allocate,
//! - `EINVAL` for `SYS_OFF_PRIO_PLATFORM`, -256. The kernel has only one handler for that priority,
//!   for all chains, and does not lock it. The code of a platform uses it when it boots.
//!
//! C header: [`include/linux/reboot.h`](srctree/include/linux/reboot.h)
//!
//! # Examples
//!
//! ```
//! # use kernel::{prelude::*, sync::rcu};
//! # use notifier_chain::{chains::sys_off, context::Sleepable, *};
//! struct Supply;
//!
//! impl Handler<sys_off::PowerOff> for Supply {
//!     fn notify(&self, (): (), _: &rcu::Guard) -> NotifyReturn {
//!         // Switches the supply off. If that fails, the next handler tries.
//!         NotifyReturn::DONE
//!     }
//! }
//!
//! let cx = Sleepable::might_sleep();
//! let supply = Registration::new(sys_off::PowerOff, sys_off::DEFAULT, Supply, cx);
//! let _supply = KBox::pin_init(supply, GFP_KERNEL)?;
//! # Ok::<(), Error>(())
//! ```

use kernel::{
    bindings::notifier_block,
    error::to_result,
    prelude::*, //
};

use crate::{
    atomic::Nmi,
    bindings,
    blocking::Blocking,
    chains::restart,
    NotifyReturn,
    Priority, //
};

/// The priority of a handler of last resort: `SYS_OFF_PRIO_LOW`.
pub const LOW: Priority = Priority::new(bindings::SYS_OFF_PRIO_LOW);

/// The priority of most handlers: `SYS_OFF_PRIO_DEFAULT`. Several handlers can have it.
pub const DEFAULT: Priority = Priority::new(bindings::SYS_OFF_PRIO_DEFAULT as c_int);

/// The priority of a handler that is to be used before most others: `SYS_OFF_PRIO_HIGH`.
pub const HIGH: Priority = Priority::new(bindings::SYS_OFF_PRIO_HIGH as c_int);

/// The priority of a handler that calls the firmware: `SYS_OFF_PRIO_FIRMWARE`.
pub const FIRMWARE: Priority = Priority::new(bindings::SYS_OFF_PRIO_FIRMWARE as c_int);

/// Defines a chain: its mode, its kind, its event, and how that is made of what the kernel passes.
macro_rules! chain {
    (
        $(#[$doc:meta])*
        $chain:ident, $mode:ident, $kind:ty, $event:ty, |$action:ident, $data:ident| $make:expr
    ) => {
        $(#[$doc])*
        pub struct $chain;

        // SAFETY: The functions of `helpers.c` have the kernel call a block for this mode from its
        // registration until its unregistration. That waits for callbacks: for the two modes that
        // are `Blocking` by a semaphore, for the others by RCU, under which they run. No two blocks
        // share a `struct sys_off_handler`, since none has the priority of the static one. Other
        // code changes the chain under its lock. The kernel passes an `enum reboot_mode` and a
        // null-terminated string or null to `Restart`, and these two stay for the call.
        unsafe impl crate::Chain for $chain {
            type Kind = $kind;
            type Event<'a> = $event;
            type Answer = NotifyReturn;

            unsafe fn register(&self, block: *mut notifier_block) -> Result {
                let mode = bindings::$mode;
                // SAFETY: The C function demands what is demanded here.
                to_result(unsafe { bindings::notifier_chain_register_sys_off(mode, block) })
            }

            unsafe fn unregister(&self, block: *mut notifier_block) {
                // SAFETY: The C function demands what is demanded here.
                unsafe { bindings::notifier_chain_unregister_sys_off(block) };
            }

            #[inline]
            unsafe fn notify(
                $action: c_ulong,
                $data: *mut c_void,
                handler: impl FnOnce(Self::Event<'_>) -> NotifyReturn,
            ) -> c_int {
                handler($make).into_raw()
            }
        }
    };
}

chain! {
    /// The chain that prepares a restart: `SYS_OFF_MODE_RESTART_PREPARE`.
    RestartPrepare, sys_off_mode_SYS_OFF_MODE_RESTART_PREPARE, Blocking, (), |_action, _data| ()
}

chain! {
    /// The chain that restarts the machine: `SYS_OFF_MODE_RESTART`. It is the
    /// [restart chain](super::restart), with other rules for priorities.
    Restart, sys_off_mode_SYS_OFF_MODE_RESTART, Nmi, restart::Event<'a>, |mode, command| {
        // SAFETY: By the safety requirements, `command` is null, or a null-terminated string that
        // stays for the call.
        unsafe { restart::Event::from_raw(mode, command) }
    }
}

chain! {
    /// The chain that prepares a power-off: `SYS_OFF_MODE_POWER_OFF_PREPARE`.
    PowerOffPrepare, sys_off_mode_SYS_OFF_MODE_POWER_OFF_PREPARE, Blocking, (), |_action, _data| ()
}

chain! {
    /// The chain that switches the machine off: `SYS_OFF_MODE_POWER_OFF`.
    PowerOff, sys_off_mode_SYS_OFF_MODE_POWER_OFF, Nmi, (), |_action, _data| ()
}
