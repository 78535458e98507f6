// SPDX-License-Identifier: GPL-2.0

//! The chain of tasks that exit: a process, or one of its threads, is about to be gone.
//!
//! The kernel has a tracepoint for this, `sched_process_exit`, and no chain any more. This crate
//! makes one of it, an atomic chain in each module that it is linked into. The tracepoint has a
//! probe while somebody is registered: without a handler, exiting costs what it costs without the
//! module.
//!
//! The chain is called by the exiting task itself, which is [`current!()`]; a process still has its
//! memory and its files. Interrupts are on, and it holds no lock, unless it exits since the kernel
//! oopsed in it: then it may hold any, and a handler that waits for that one waits for ever. A
//! handler that sends a signal or wakes somebody is fine. The answer of a handler is ignored,
//! except that one which stops the chain keeps the handlers behind it from being called.
//!
//! A process exits when the last of its threads does, of which [`Event::is_last_of_process()`]
//! tells. Threads of the kernel exit, too.
//!
//! C header: [`include/trace/events/sched.h`](srctree/include/trace/events/sched.h)
//!
//! # Examples
//!
//! ```
//! use kernel::prelude::*;
//! use notifier_chain::{
//!     atomic,
//!     chains::task_exit,
//!     context::Sleepable,
//!     Outcome,
//!     Priority, //
//! };
//!
//! struct Log;
//!
//! impl atomic::Handler<task_exit::Event<'_>> for Log {
//!     fn notify(&self, event: &task_exit::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
//!         if let task_exit::Status::Killed { signal, .. } = event.status() {
//!             pr_info!("{:?} ({}): signal {signal}\n", event.command(), event.pid());
//!         }
//!         Outcome::Done
//!     }
//! }
//!
//! let cx = Sleepable::might_sleep();
//! let _log = KBox::pin_init(task_exit::register(cx, Priority::DEFAULT, Log), GFP_KERNEL)?;
//! # Ok::<(), Error>(())
//! ```
//!
//! [`current!()`]: kernel::current

use kernel::{
    bindings::notifier_block,
    prelude::*,
    task::Pid, //
};

use crate::{
    atomic::{
        self,
        Atomic, //
    },
    bindings,
    chains::{
        self,
        Global,
        KernelChain, //
    },
    context::Sleepable,
    Priority, //
};

/// How a task has come to its end.
///
/// # Examples
///
/// What a shell has in `$?`:
///
/// ```
/// use notifier_chain::chains::task_exit;
///
/// fn as_in_shell(status: task_exit::Status) -> u8 {
///     match status {
///         task_exit::Status::Exited(status) => status,
///         task_exit::Status::Killed { signal, .. } => 128 + signal,
///     }
/// }
///
/// assert_eq!(as_in_shell(task_exit::Status::Exited(3)), 3);
/// let killed = task_exit::Status::Killed { signal: 9, core_dumped: false };
/// assert_eq!(as_in_shell(killed), 137);
/// ```
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
///
/// # Examples
///
/// Counts the processes, and not their threads, that end with a status of 3:
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
///     chains::task_exit,
///     context::Sleepable,
///     Outcome,
///     Priority, //
/// };
///
/// struct Count(Atomic<u32>);
///
/// impl atomic::Handler<task_exit::Event<'_>> for Count {
///     fn notify(&self, event: &task_exit::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
///         if event.is_last_of_process() && event.status() == task_exit::Status::Exited(3) {
///             self.0.fetch_add(1, Relaxed);
///         }
///         Outcome::Done
///     }
/// }
///
/// # /// Runs a script, and waits for it.
/// # fn shell(script: &CStr) {
/// #     let [path, name, option] = [c"/bin/busybox", c"sh", c"-c"].map(CStr::as_char_ptr);
/// #     let mut arguments = [name, option, script.as_char_ptr(), core::ptr::null()];
/// #     let mut environment = [core::ptr::null_mut()];
/// #     let wait = kernel::bindings::UMH_WAIT_PROC as c_int;
/// #     // SAFETY: All are strings that stay until it is over, with a null pointer behind them.
/// #     unsafe {
/// #         kernel::bindings::call_usermodehelper(
/// #             path,
/// #             arguments.as_mut_ptr().cast(),
/// #             environment.as_mut_ptr(),
/// #             wait,
/// #         )
/// #     };
/// # }
/// #
/// let cx = Sleepable::might_sleep();
/// let count = task_exit::register(cx, Priority::DEFAULT, Count(Atomic::new(0)));
/// let count = KBox::pin_init(count, GFP_KERNEL)?;
///
/// shell(c"exit 3");
/// assert_eq!(count.handler().0.load(Relaxed), 1);
/// # Ok::<(), Error>(())
/// ```
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
    /// That is what `wait()` tells the parent of a process which has one thread. With more, it
    /// tells what ended the process as a whole.
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

/// A handler's time on the chain of tasks that exit.
///
/// # Examples
///
/// In the struct of a driver that serves one process, and must know when it is gone:
///
/// ```
/// use kernel::{
///     prelude::*,
///     sync::atomic::{
///         Atomic,
///         Relaxed, //
///     },
///     task::Pid, //
/// };
/// use notifier_chain::{
///     atomic,
///     chains::task_exit,
///     context::Sleepable,
///     Outcome,
///     Priority, //
/// };
///
/// struct Watch {
///     process: Pid,
///     is_gone: Atomic<bool>,
/// }
///
/// impl atomic::Handler<task_exit::Event<'_>> for Watch {
///     fn notify(&self, event: &task_exit::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
///         if event.tgid() == self.process && event.is_last_of_process() {
///             self.is_gone.store(true, Relaxed);
///         }
///         Outcome::Done
///     }
/// }
///
/// #[pin_data]
/// struct Session {
///     #[pin]
///     watch: task_exit::Registration<Watch>,
/// }
///
/// impl Session {
///     fn new(cx: Sleepable<'_>, process: Pid) -> impl PinInit<Self, Error> {
///         let watch = Watch { process, is_gone: Atomic::new(false) };
///         let watch = task_exit::register(cx, Priority::DEFAULT, watch);
///         try_pin_init!(Self { watch <- watch })
///     }
/// }
///
/// // The first process never goes.
/// let session = KBox::pin_init(Session::new(Sleepable::might_sleep(), 1), GFP_KERNEL)?;
/// assert!(!session.watch.handler().is_gone.load(Relaxed));
/// # Ok::<(), Error>(())
/// ```
pub type Registration<T> = crate::Registration<Global<TaskExit>, T>;

/// Registers `handler` on the chain of tasks that exit. May sleep, unlike registering on other
/// atomic chains: the first to come attaches the probe.
///
/// # Errors
///
/// Those of `handler`, `EOPNOTSUPP` if the kernel has no such tracepoint, and `ENOMEM`.
///
/// # Examples
///
/// A driver that can do without the handler, in a kernel without tracepoints:
///
/// ```
/// use kernel::prelude::*;
/// use notifier_chain::{
///     atomic,
///     chains::task_exit,
///     context::Sleepable,
///     Outcome,
///     Priority, //
/// };
///
/// struct Log;
///
/// impl atomic::Handler<task_exit::Event<'_>> for Log {
///     fn notify(&self, event: &task_exit::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
///         pr_debug!("{:?} exits\n", event.command());
///         Outcome::Done
///     }
/// }
///
/// let log = task_exit::register(Sleepable::might_sleep(), Priority::DEFAULT, Log);
/// let log = match KBox::pin_init(log, GFP_KERNEL) {
///     Err(error) if error == EOPNOTSUPP => None,
///     log => Some(log?),
/// };
/// // This kernel has them.
/// assert!(log.is_some());
/// # Ok::<(), Error>(())
/// ```
pub fn register<T, E>(
    cx: Sleepable<'_>,
    priority: Priority,
    handler: impl PinInit<T, E>,
) -> impl PinInit<Registration<T>, Error>
where
    T: for<'a> atomic::Handler<Event<'a>>,
    Error: From<E>,
{
    chains::register(cx, priority, handler)
}

/// The chain itself.
///
/// # Examples
///
/// Handlers on it must not sleep, and may take a spin lock:
///
/// ```
/// use kernel::sync::SpinLock;
/// use notifier_chain::{
///     atomic,
///     chains::{
///         task_exit::{
///             self,
///             TaskExit, //
///         },
///         Global, //
///     },
///     Accepts,
///     Outcome, //
/// };
///
/// struct Last(SpinLock<i32>);
///
/// impl atomic::Handler<task_exit::Event<'_>> for Last {
///     fn notify(&self, event: &task_exit::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
///         *self.0.lock() = event.pid();
///         Outcome::Done
///     }
/// }
///
/// fn is_taken<T>()
/// where
///     Global<TaskExit>: Accepts<T>,
/// {
/// }
///
/// is_taken::<Last>();
/// ```
pub enum TaskExit {}

// SAFETY: An atomic chain, private to the library in this module. Only its own probe calls it, in
// the task that exits, with a `struct notifier_chain_task_exit` on the probe's stack.
unsafe impl KernelChain for TaskExit {
    type Kind = Atomic;
    type Event<'a> = Event<'a>;

    const REGISTER: unsafe extern "C" fn(*mut notifier_block) -> c_int =
        bindings::notifier_chain_register_task_exit;
    const UNREGISTER: unsafe extern "C" fn(*mut notifier_block) -> c_int =
        bindings::notifier_chain_unregister_task_exit;

    #[inline]
    unsafe fn event<'a>(_action: c_ulong, data: *mut c_void) -> Option<Event<'a>> {
        let told = data.cast::<bindings::notifier_chain_task_exit>();
        // SAFETY: By the safety requirements, `data` is what the probe passes: not null, and it
        // stays as it is. Saying so spares the callback a comparison.
        Some(Event(unsafe { told.as_ref().unwrap_unchecked() }))
    }
}
