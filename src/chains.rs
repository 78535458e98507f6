// SPDX-License-Identifier: GPL-2.0

//! The kernel's own chains.
//!
//! Each is a module with a `Chain` and an `Event`. Which ones there are is listed on the
//! [front page](crate#the-chains-of-the-kernel).
//!
//! # Binding a chain
//!
//! A driver can bind a chain that is not here. As an example, this is the ACPI chain, which the
//! kernel calls for the events of batteries, AC adapters and displays:
//!
//! 1. Read where the kernel calls the chain. What are `action` and `data`, and for how long are
//!    they valid? What does the kernel do with the answer? The definition of the chain says of
//!    which kind it is: `ATOMIC_NOTIFIER_HEAD` is [`Atomic`](crate::atomic::Atomic), or
//!    [`Nmi`](crate::atomic::Nmi) if the kernel also calls it in an NMI or while other CPUs are
//!    stopped; `BLOCKING_NOTIFIER_HEAD` is [`Blocking`](crate::blocking::Blocking), and
//!    `SRCU_NOTIFIER_HEAD` is [`Srcu`](crate::srcu::Srcu). A raw chain is `Atomic` if its caller
//!    holds a spin lock, and `Blocking` if its caller holds a mutex.
//! 2. Take its register and unregister functions from `kernel::bindings`. If `rustc` does not find
//!    them there, see [below](#functions-that-the-bindings-lack).
//! 3. Write the event: a view of `action` and `data` that borrows for the time of the call. A
//!    pointer may be null.
//! 4. Implement [`Chain`](crate::Chain).
//!
//! ```
//! # #[cfg(CONFIG_ACPI)]
//! # mod example {
//! use kernel::{bindings, prelude::*};
//! use notifier_chain::{blocking::Blocking, register_by, Chain, NotifyReturn};
//!
//! /// An event of a device that ACPI describes.
//! struct AcpiEvent<'a>(&'a bindings::acpi_bus_event);
//!
//! impl AcpiEvent<'_> {
//!     /// Returns the class of the device, such as `battery`.
//!     fn class(&self) -> &CStr {
//!         CStr::from_bytes_until_nul(&self.0.device_class).unwrap_or_default()
//!     }
//!
//!     /// Returns what happened, by the number that ACPI has for it.
//!     fn number(&self) -> u32 {
//!         self.0.type_
//!     }
//! }
//!
//! struct Acpi;
//!
//! // SAFETY: A blocking chain in a static. The kernel calls a block from its registration until
//! // its unregistration. It passes an event that is on its stack.
//! unsafe impl Chain for Acpi {
//!     type Kind = Blocking;
//!     type Event<'a> = AcpiEvent<'a>;
//!     /// `NOTIFY_BAD` keeps the key of a display from user space. The kernel ignores the rest.
//!     type Answer = NotifyReturn;
//!
//!     register_by!(bindings::register_acpi_notifier, bindings::unregister_acpi_notifier);
//!
//!     #[inline]
//!     unsafe fn notify(
//!         _action: c_ulong,
//!         data: *mut c_void,
//!         handler: impl FnOnce(AcpiEvent<'_>) -> NotifyReturn,
//!     ) -> c_int {
//!         // SAFETY: By the safety requirements, `data` is an event, which nothing changes.
//!         let event = unsafe { &*data.cast::<bindings::acpi_bus_event>() };
//!         handler(AcpiEvent(event)).into_raw()
//!     }
//! }
//! # use notifier_chain::{context::Sleepable, Handler};
//!
//! struct Log;
//!
//! impl Handler<Acpi> for Log {
//!     fn notify(&self, event: AcpiEvent<'_>, _: Sleepable<'_>) -> NotifyReturn {
//!         pr_info!("{}: {:#x}\n", event.class(), event.number());
//!         NotifyReturn::DONE
//!     }
//! }
//! # }
//! ```
//!
//! If a chain is given the wrong kind, `context-check` still finds a handler that sleeps, where the
//! register function leads to `atomic_notifier_chain_register()`.
//!
//! Some objects have a chain each, as a clock has. Implement `Chain` for a type of the driver that
//! holds the object: `register()` and `unregister()` take it as `self`.
//!
//! ## Functions that the bindings lack
//!
//! If `kernel::bindings` lacks a function that the kernel exports, declare it in the driver, and
//! give that to `register_by!`. Of data without bindings, the event keeps the pointer:
//!
//! ```
//! # #[cfg(CONFIG_VT)]
//! # mod example {
//! # use core::marker::PhantomData;
//! # use kernel::{bindings::notifier_block, prelude::*};
//! # use notifier_chain::{atomic::Atomic, register_by, Chain, NotifyReturn};
//! unsafe extern "C" {
//!     fn register_vt_notifier(block: *mut notifier_block) -> c_int;
//!     fn unregister_vt_notifier(block: *mut notifier_block) -> c_int;
//! }
//!
//! /// Something was written to a console: `struct vt_notifier_param`.
//! struct VtEvent<'a>(*const c_void, PhantomData<&'a ()>);
//! #
//! # struct Vt;
//! #
//! # // SAFETY: An atomic chain in a static. The kernel calls a block from its registration until
//! # // its unregistration.
//! # unsafe impl Chain for Vt {
//! #     type Kind = Atomic;
//! #     type Event<'a> = VtEvent<'a>;
//! #     type Answer = NotifyReturn;
//! #
//! #     register_by!(register_vt_notifier, unregister_vt_notifier);
//! #
//! #     unsafe fn notify(
//! #         _action: c_ulong,
//! #         data: *mut c_void,
//! #         handler: impl FnOnce(VtEvent<'_>) -> NotifyReturn,
//! #     ) -> c_int {
//! #         handler(VtEvent(data, PhantomData)).into_raw()
//! #     }
//! # }
//! # }
//! ```
//!
//! An inline function, a macro, and a field of a structure without bindings take a function in a C
//! file of the driver. Add that file to `Kbuild` (`beacon-y += vt.o`), and declare its function in
//! the same block.
//!
//! # Adding a chain to this crate
//!
//! Bindings are a line each in `src/bindings/bindgen_parameters`, and the header in
//! `src/bindings/bindings_helper.h`; C functions are in `src/bindings/helpers.c`. Use
//! `register_by!` for a chain whose functions take only the block; [`reboot`] is a file to start
//! from. Add the module below, with `#[cfg(CONFIG_...)]` if not all kernels have the chain, a line
//! to both tables of the front page, and one to `README.md`. Have the kernel call it: in a KUnit
//! test in `tests/kunit`, or in a machine, with a module in `tests/vm/modules`, a script in
//! `tests/vm` and a scenario in `xtask/machines/src/test/vm`.

use core::{
    fmt,
    marker::PhantomData, //
};

use kernel::prelude::*;

/// Defines an enum of numbers of the kernel's: each variant is documented and has its constant.
macro_rules! kernel_enum {
    (
        $(#[$attribute:meta])*
        pub enum $name:ident {
            $(
                $(#[doc = $doc:literal])*
                $(#[cfg($cfg:meta)])?
                $variant:ident = $number:path,
            )*
        }
    ) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $name {
            $(
                $(#[doc = $doc])*
                $(#[cfg($cfg)])?
                $variant,
            )*
            /// Any other, with the kernel's number.
            Other(c_ulong),
        }

        impl $name {
            #[inline]
            pub(crate) fn from_raw(number: c_ulong) -> Self {
                match number {
                    // The types of C's constants differ. All chains pass an `unsigned long`.
                    $(
                        $(#[cfg($cfg)])?
                        number if number == $number as c_ulong => Self::$variant,
                    )*
                    _ => Self::Other(number),
                }
            }
        }
    };
}

pub mod bus;
#[cfg(CONFIG_COMMON_CLK)]
pub mod clk;
#[cfg(all(CONFIG_CPU_PM, any(CONFIG_ARM64, CONFIG_LOONGARCH, CONFIG_RISCV)))]
pub mod cpu_pm;
#[cfg(CONFIG_CPU_FREQ)]
pub mod cpufreq;
pub mod die;
#[cfg(CONFIG_IPV6)]
pub mod inet6addr;
#[cfg(CONFIG_INET)]
pub mod inetaddr;
#[cfg(CONFIG_PRINTK)]
pub mod kmsg_dump;
#[cfg(CONFIG_MEMORY_HOTPLUG)]
pub mod memory;
#[cfg(CONFIG_MODULES)]
pub mod module;
#[cfg(CONFIG_NET)]
pub mod netdevice;
#[cfg(CONFIG_NET)]
pub mod netevent;
pub mod oom;
pub mod panic;
#[cfg(CONFIG_PM_SLEEP)]
pub mod pm;
pub mod reboot;
pub mod restart;
pub mod signal;
pub mod sys_off;
pub mod task_exit;
#[cfg(CONFIG_USB)]
pub mod usb;

/// Implements the two functions of [`Chain`](crate::Chain) that register, by C functions that take
/// the block and nothing else.
///
/// The safety comment of the `impl` argues for them, too.
#[macro_export]
macro_rules! register_by {
    ($register:path, $unregister:path) => {
        unsafe fn register(
            &self,
            block: *mut ::kernel::bindings::notifier_block,
        ) -> ::kernel::error::Result {
            // SAFETY: The C function demands what is demanded here.
            ::kernel::error::to_result(unsafe { $register(block) })
        }

        unsafe fn unregister(&self, block: *mut ::kernel::bindings::notifier_block) {
            // SAFETY: The C function demands what is demanded here. It has no other error than that
            // the block is not registered.
            unsafe { $unregister(block) };
        }
    };
}

/// A string that a chain passes, or null. An event only looks at it when it is asked.
///
/// # Invariants
///
/// It is null, or a null-terminated string that stays as it is for `'a`.
#[derive(Clone, Copy)]
struct Text<'a>(*const c_char, PhantomData<&'a CStr>);

impl<'a> Text<'a> {
    /// Takes what a chain passes.
    ///
    /// # Safety
    ///
    /// `text` must be null, or a null-terminated string that stays as it is for `'a`.
    #[inline]
    unsafe fn new(text: *const c_char) -> Self {
        // INVARIANT: By the safety requirements.
        Self(text, PhantomData)
    }

    /// Returns the string, unless it is null.
    #[inline]
    fn get(self) -> Option<&'a CStr> {
        if self.0.is_null() {
            return None;
        }
        // SAFETY: By the type invariants, and it is not null.
        Some(unsafe { CStr::from_char_ptr(self.0) })
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}
