// SPDX-License-Identifier: GPL-2.0

//! The chain of tasks that exit: a process, or one of its threads, is about to be gone.
//!
//! The kernel has a tracepoint for this, `sched_process_exit`, and no chain any more. This crate
//! makes one: an atomic chain in each module that it is linked into. The tracepoint has a probe
//! only while a handler is registered.
//!
//! The exiting task calls the chain. It is [`current!()`](kernel::current), and still has its
//! memory and its files. Interrupts are on, and the task holds no lock, unless it exits because the
//! kernel oopsed in it: then it may hold any lock, and a handler that waits for that one waits for
//! ever. A handler may send a signal or wake a task. Its answer is ignored, but one that stops the
//! walk keeps the handlers behind it from being called.
//!
//! A process exits with the last of its threads: see [`Event::is_last_of_process()`]. Threads of
//! the kernel exit, too.
//!
//! C header: [`include/trace/events/sched.h`](srctree/include/trace/events/sched.h)
//!
//! # Examples
//!
//! ```
//! # use kernel::{prelude::*, sync::rcu};
//! # use notifier_chain::{chains::task_exit, context::Sleepable, *};
//! struct Log;
//!
//! impl Handler<task_exit::Chain> for Log {
//!     fn notify(&self, event: task_exit::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
//!         if let task_exit::Status::Killed { signal, .. } = event.status() {
//!             pr_info!("{:?} ({}): signal {signal}\n", event.command(), event.pid());
//!         }
//!         NotifyReturn::DONE
//!     }
//! }
//!
//! let cx = Sleepable::might_sleep();
//! let log = Registration::new(task_exit::Chain, Priority::DEFAULT, Log, cx);
//! let _log = KBox::pin_init(log, GFP_KERNEL)?;
//! # Ok::<(), Error>(())
//! ```

use core::fmt;

use kernel::{
    prelude::*,
    task::Pid, //
};

use crate::{
    atomic::Atomic,
    bindings,
    register_by,
    NotifyReturn, //
};

/// How a task has come to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// By itself, with the status that it gave `exit()`.
    Exited(u8),
    /// By a signal.
    Killed {
        /// The number of the signal.
        signal: u8,
        /// Whether the memory of the process was dumped.
        core_dumped: bool,
    },
}

/// A task exits.
#[derive(Clone, Copy)]
pub struct Event<'a>(&'a bindings::notifier_chain_task_exit);

impl<'a> Event<'a> {
    /// Returns the task's id: that of the thread.
    ///
    /// As all ids here, it is the one in the initial PID namespace, which is what the kernel's log
    /// shows. In a container, the task may have another one.
    #[inline]
    pub fn pid(&self) -> Pid {
        self.0.pid
    }

    /// Returns the id of the task's thread group: that of the process.
    #[inline]
    pub fn tgid(&self) -> Pid {
        self.0.tgid
    }

    /// Returns the task's name: that of its program, unless it has given itself another one, and of
    /// no more than 15 bytes.
    ///
    /// It may not be valid UTF-8. It is a copy, since another thread may change the name meanwhile.
    #[inline]
    pub fn command(&self) -> &'a CStr {
        CStr::from_bytes_until_nul(&self.0.comm).unwrap_or_default()
    }

    /// Returns how the task has come to its end.
    ///
    /// That is what `wait()` tells the parent of a process which has one thread. With more,
    /// `wait()` tells what ended the process as a whole, and this what ended the thread.
    #[inline]
    pub fn status(&self) -> Status {
        // As in `wait()`: a status above, a flag and a signal below.
        let code = self.0.exit_code;
        match (code & 0x7f) as u8 {
            0 => Status::Exited((code >> 8) as u8),
            signal => Status::Killed {
                signal,
                core_dumped: code & 0x80 != 0,
            },
        }
    }

    /// Returns the exit code as the kernel has it: `task->exit_code`.
    #[inline]
    pub fn exit_code(&self) -> i32 {
        self.0.exit_code
    }

    /// Returns whether this is the last thread of its process, which goes with it.
    #[inline]
    pub fn is_last_of_process(&self) -> bool {
        self.0.group_dead
    }
}

impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("pid", &self.pid())
            .field("tgid", &self.tgid())
            .field("command", &self.command())
            .field("status", &self.status())
            .field("is_last_of_process", &self.is_last_of_process())
            .finish()
    }
}

/// The chain of tasks that exit.
///
/// Registering fails with `EOPNOTSUPP` if the kernel has no such tracepoint, and with `ENOMEM`.
pub struct Chain;

// SAFETY: An atomic chain of this module's, whose C functions have a mutex. Only its own probe
// calls it, in the task that exits, with a `struct notifier_chain_task_exit` on its stack.
unsafe impl crate::Chain for Chain {
    type Kind = Atomic;
    type Event<'a> = Event<'a>;
    type Answer = NotifyReturn;

    register_by!(
        bindings::notifier_chain_register_task_exit,
        bindings::notifier_chain_unregister_task_exit
    );

    #[inline]
    unsafe fn notify(
        _action: c_ulong,
        data: *mut c_void,
        handler: impl FnOnce(Event<'_>) -> NotifyReturn,
    ) -> c_int {
        // SAFETY: By the safety requirements, `data` is the `struct notifier_chain_task_exit`
        // that the probe passes.
        handler(Event(unsafe { &*data.cast() })).into_raw()
    }
}
