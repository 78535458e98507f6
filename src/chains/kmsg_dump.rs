// SPDX-License-Identifier: GPL-2.0

//! The dumpers of the kernel log: the kernel has oopsed, panicked, or goes down.
//!
//! This is no notifier chain in C, but it fits: a dumper is called with a reason, and reads the
//! log to keep it, as in a flash. [`Chain`] has the last reason that a handler is called for, in
//! the order of [`Reason`].
//!
//! The kernel calls dumpers in the order in which they are registered, whatever their priority, and
//! ignores what they answer. They run as RCU readers, and
//!
//! - for an oops, on its CPU, when the oops is in the log. That CPU may hold any lock and
//!   be in an interrupt. If the oops ends in a panic, that is a second call,
//! - for a panic, after the [panic chain](super::panic), with interrupts off and the other CPUs
//!   stopped. So the log has what the handlers there have printed. If a kdump kernel is loaded, it
//!   is started instead, as for the panic chain,
//! - for an emergency restart, in any context: SysRq-B, or the end of a panic with a timeout,
//! - for a restart, a halt and a power-off, in a task, when the devices are shut down,
//! - for kexec, with the other CPUs stopped, and on x86 with interrupts off.
//!
//! Hence handlers are [`NmiSafe`](crate::context::NmiSafe).
//!
//! # Errors
//!
//! Registering fails with `ENOMEM` if there is no memory: it allocates.
//!
//! C header: [`include/linux/kmsg_dump.h`](srctree/include/linux/kmsg_dump.h)
//!
//! # Examples
//!
//! ```
//! # use kernel::{prelude::*, sync::rcu};
//! # use notifier_chain::{chains::kmsg_dump::{self, Reason}, context::Sleepable, *};
//! /// Keeps the log in a flash.
//! struct Flash {
//!     line: TryLock<[u8; 1024]>,
//! }
//!
//! impl Flash {
//!     fn write(&self, line: &[u8]) {}
//! }
//!
//! impl Handler<kmsg_dump::Chain> for Flash {
//!     fn notify(&self, event: kmsg_dump::Event<'_>, _: &rcu::Guard) {
//!         let Some(mut line) = self.line.try_lock() else {
//!             return;
//!         };
//!         let mut records = event.records();
//!         while let Some(record) = records.next_into(&mut *line) {
//!             self.write(record);
//!         }
//!     }
//! }
//!
//! let cx = Sleepable::might_sleep();
//! let flash = Flash { line: TryLock::new([0; 1024]) };
//! let chain = kmsg_dump::Chain(Reason::Oops);
//! let flash = Registration::new(chain, Priority::DEFAULT, flash, cx);
//! let _flash = KBox::pin_init(flash, GFP_KERNEL)?;
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
    chains::Text,
    NotifyReturn, //
};

/// Why the log is dumped: `enum kmsg_dump_reason`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// A panic: `KMSG_DUMP_PANIC`.
    Panic,
    /// An oops: `KMSG_DUMP_OOPS`.
    Oops,
    /// An emergency restart: `KMSG_DUMP_EMERG`.
    Emergency,
    /// A restart, a halt, or a power-off: `KMSG_DUMP_SHUTDOWN`.
    Shutdown,
    /// Any other, with the kernel's number. A [`Chain`] with 0 is called for a panic and an oops,
    /// or for all reasons with the boot parameter `printk.always_kmsg_dump`.
    Other(c_uint),
}

impl Reason {
    fn from_raw(reason: c_ulong) -> Self {
        match reason as c_uint {
            bindings::kmsg_dump_reason_KMSG_DUMP_PANIC => Self::Panic,
            bindings::kmsg_dump_reason_KMSG_DUMP_OOPS => Self::Oops,
            bindings::kmsg_dump_reason_KMSG_DUMP_EMERG => Self::Emergency,
            bindings::kmsg_dump_reason_KMSG_DUMP_SHUTDOWN => Self::Shutdown,
            reason => Self::Other(reason),
        }
    }

    fn into_raw(self) -> c_uint {
        match self {
            Self::Panic => bindings::kmsg_dump_reason_KMSG_DUMP_PANIC,
            Self::Oops => bindings::kmsg_dump_reason_KMSG_DUMP_OOPS,
            Self::Emergency => bindings::kmsg_dump_reason_KMSG_DUMP_EMERG,
            Self::Shutdown => bindings::kmsg_dump_reason_KMSG_DUMP_SHUTDOWN,
            Self::Other(reason) => reason,
        }
    }
}

/// The log is to be dumped.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    reason: Reason,
    description: Text<'a>,
}

impl<'a> Event<'a> {
    /// Returns why.
    #[inline]
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// Returns the message of a panic, if the kernel passes it.
    ///
    /// It may not be valid UTF-8.
    #[inline]
    pub fn description(&self) -> Option<&'a CStr> {
        self.description.get()
    }

    /// Returns the records that the log has now, without those that `dmesg --clear` has hidden.
    #[inline]
    pub fn records(&self) -> Records {
        let mut records = bindings::kmsg_dump_iter::default();

        // SAFETY: The pointer is valid. Any context may read the log, which has no lock.
        unsafe { bindings::kmsg_dump_rewind(&mut records) };
        Records(records)
    }
}

/// Records of the log, the oldest first. What is logged meanwhile is not among them.
pub struct Records(bindings::kmsg_dump_iter);

impl Records {
    /// Writes the next record to `buffer`, as `dmesg` prints it, and returns what it has written.
    ///
    /// The record ends with a newline. Of one that does not fit, the end is missing, or all of it.
    #[inline]
    pub fn next_into<'b>(&mut self, buffer: &'b mut [u8]) -> Option<&'b [u8]> {
        if self.0.cur_seq >= self.0.next_seq {
            return None;
        }
        let mut len = 0;
        // SAFETY: The pointers are valid, `buffer` for as many bytes as is said.
        let found = unsafe {
            bindings::kmsg_dump_get_line(
                &mut self.0,
                false,
                buffer.as_mut_ptr().cast(),
                buffer.len(),
                &mut len,
            )
        };
        // Where records have been overwritten meanwhile, it has skipped them.
        if !found || self.0.cur_seq > self.0.next_seq {
            return None;
        }
        Some(buffer.get(..len).unwrap_or_default())
    }
}

/// The dumpers of the kernel log, up to a reason: `kmsg_dump_register()`.
pub struct Chain(pub Reason);

// SAFETY: The functions of `helpers.c` have the kernel call a block, under RCU, from its
// registration until its unregistration, which waits for a grace period. They take the lock of the
// kernel's list. The kernel passes a reason, and a null-terminated string that stays for the call,
// or null.
unsafe impl crate::Chain for Chain {
    type Kind = Nmi;
    type Event<'a> = Event<'a>;
    type Answer = ();

    unsafe fn register(&self, block: *mut notifier_block) -> Result {
        let reason = self.0.into_raw();
        // SAFETY: The C function demands what is demanded here.
        to_result(unsafe { bindings::notifier_chain_register_kmsg_dump(reason, block) })
    }

    unsafe fn unregister(&self, block: *mut notifier_block) {
        // SAFETY: The C function demands what is demanded here.
        unsafe { bindings::notifier_chain_unregister_kmsg_dump(block) };
    }

    #[inline]
    unsafe fn notify(action: c_ulong, data: *mut c_void, handler: impl FnOnce(Event<'_>)) -> c_int {
        handler(Event {
            reason: Reason::from_raw(action),
            // SAFETY: By the safety requirements, `data` is a string, or null.
            description: unsafe { Text::new(data.cast()) },
        });
        NotifyReturn::DONE.into_raw()
    }
}
