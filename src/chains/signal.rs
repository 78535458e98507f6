// SPDX-License-Identifier: GPL-2.0

//! The chain of signals that are delivered: a task takes the next of those that it was sent.
//!
//! The kernel has a tracepoint for this, `signal_deliver`, and no chain. This crate makes one: an
//! atomic chain in each module that it is linked into. The tracepoint has a probe only while a
//! handler is registered.
//!
//! The task that the signal is for calls the chain. It is [`current!()`](kernel::current).
//! Interrupts are off (except with `PREEMPT_RT`), and `siglock` is held, the lock of the signals of
//! its process. So a handler must not
//!
//! - send a signal: it would wait for the lock that is held, or for another such lock,
//! - print, except for debugging: serial drivers without an nbcon console, such as `meson_uart`,
//!   send `SIGIO` to a process with the port's lock held, which their console takes to print,
//! - take a [`SpinLock`](kernel::sync::SpinLock) that other code takes with interrupts on. A
//!   [`SpinLockIrq`](kernel::sync::SpinLockIrq) is the right one.
//!
//! It may wake tasks, and hand work to a work queue. The answer of a handler is ignored, but one
//! that stops the walk keeps the handlers behind it from being called. It keeps no signal from
//! being delivered.
//!
//! What the chain announces may differ from what was sent:
//!
//! - A signal that the task ignores is discarded when it is sent, unless it is blocked just then or
//!   the task is traced.
//! - Signals of one number, below the real-time signals, are one while they wait.
//! - A signal that ends a process at once, without a dump of its memory, is delivered to each of
//!   its threads as `SIGKILL`, without details. Which one it was, `task_exit::Event::status()`
//!   tells.
//!
//! C header: [`include/trace/events/signal.h`](srctree/include/trace/events/signal.h)
//!
//! # Examples
//!
//! ```
//! # use kernel::{prelude::*, sync::{atomic::{Atomic, Relaxed}, rcu}};
//! # use notifier_chain::{chains::signal, context::Sleepable, *};
//! /// How many signals were delivered that their task does not handle.
//! struct Unhandled(Atomic<u32>);
//!
//! impl Handler<signal::Chain> for Unhandled {
//!     fn notify(&self, event: signal::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
//!         if event.action() == signal::Action::Default {
//!             self.0.fetch_add(1, Relaxed);
//!         }
//!         NotifyReturn::DONE
//!     }
//! }
//!
//! let cx = Sleepable::might_sleep();
//! let unhandled = Unhandled(Atomic::new(0));
//! let unhandled = Registration::new(signal::Chain, Priority::DEFAULT, unhandled, cx);
//! let unhandled = KBox::pin_init(unhandled, GFP_KERNEL)?;
//! pr_info!("{} signals\n", unhandled.handler().0.load(Relaxed));
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

/// What a task does with a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The default of the signal: `SIG_DFL`. Many end the process, some stop it or do nothing.
    Default,
    /// Nothing: `SIG_IGN`.
    Ignore,
    /// It calls its handler, at this address of its own.
    Handler(usize),
}

/// A signal is delivered.
#[derive(Clone, Copy)]
pub struct Event<'a>(&'a bindings::notifier_chain_signal);

impl Event<'_> {
    /// Returns the id of the task that the signal is delivered to: that of the thread, in the
    /// initial PID namespace.
    #[inline]
    pub fn pid(&self) -> Pid {
        self.0.pid
    }

    /// Returns the signal's number.
    #[inline]
    pub fn number(&self) -> i32 {
        self.0.number
    }

    /// Returns where the signal comes from: `si_code`, such as `SI_USER` for `kill()`.
    #[inline]
    pub fn code(&self) -> i32 {
        self.0.code
    }

    /// Returns the error that the signal carries: `si_errno`, nearly always 0.
    ///
    /// User space can send any number.
    #[inline]
    pub fn error(&self) -> i32 {
        self.0.error
    }

    /// Returns what the task does with the signal.
    #[inline]
    pub fn action(&self) -> Action {
        match self.0.handler {
            bindings::NOTIFIER_CHAIN_SIG_DFL => Action::Default,
            bindings::NOTIFIER_CHAIN_SIG_IGN => Action::Ignore,
            address => Action::Handler(address),
        }
    }
}

impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("pid", &self.pid())
            .field("number", &self.number())
            .field("code", &self.code())
            .field("error", &self.error())
            .field("action", &self.action())
            .finish()
    }
}

/// The chain of signals that are delivered.
///
/// Registering fails with `EOPNOTSUPP` if the kernel has no such tracepoint, and with `ENOMEM`.
pub struct Chain;

// SAFETY: An atomic chain of this module's, whose C functions have a mutex. Only its own probe
// calls it, in the task that the signal is for, with a `struct notifier_chain_signal` on its stack.
unsafe impl crate::Chain for Chain {
    type Kind = Atomic;
    type Event<'a> = Event<'a>;
    type Answer = NotifyReturn;

    register_by!(
        bindings::notifier_chain_register_signal,
        bindings::notifier_chain_unregister_signal
    );

    #[inline]
    unsafe fn notify(
        _action: c_ulong,
        data: *mut c_void,
        handler: impl FnOnce(Event<'_>) -> NotifyReturn,
    ) -> c_int {
        // SAFETY: By the safety requirements, `data` is the `struct notifier_chain_signal`
        // that the probe passes.
        handler(Event(unsafe { &*data.cast() })).into_raw()
    }
}
