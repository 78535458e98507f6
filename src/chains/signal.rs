// SPDX-License-Identifier: GPL-2.0

//! The chain of signals that are delivered: a task takes the next of those that it was sent.
//!
//! The kernel has a tracepoint for this, `signal_deliver`, and no chain. This crate makes one of
//! it, an atomic chain in each module that it is linked into. The tracepoint has a probe while
//! somebody is registered: without a handler, a signal costs what it costs without the module.
//!
//! The chain is called by the task that the signal is for, which is [`current!()`], with interrupts
//! off (but on `PREEMPT_RT`) and with `siglock` held, the lock of the signals of its process. So a
//! handler must not
//!
//! - send a signal, to whomever: it would wait for the lock that it holds, or for another such lock
//!   with this one held,
//! - print, but for a debugging session: some drivers of consoles send a signal, to whoever waits
//!   for the terminal, with a lock held that printing takes,
//! - take a [`SpinLock`] that is held anywhere else with interrupts on. A [`SpinLockIrq`] is the
//!   right one.
//!
//! It may wake others, and hand work to a work queue. The answer of a handler is ignored, except
//! that one which stops the chain keeps the handlers behind it from being called. It keeps no
//! signal from being delivered.
//!
//! What the chain tells is less than what was sent, and other than that at times:
//!
//! - A signal that the task ignores is thrown away when it is sent, unless it is blocked just then.
//! - Signals of one number, below the real-time signals, are one while they wait.
//! - A signal that ends a process at once, without a dump of its memory, is delivered to each of
//!   its threads as `SIGKILL`, with no more to tell. Which one it was,
//!   [`task_exit::Event::status()`] says.
//!
//! C header: [`include/trace/events/signal.h`](srctree/include/trace/events/signal.h)
//!
//! # Examples
//!
//! ```
//! use kernel::{
//!     prelude::*,
//!     sync::atomic::{
//!         Atomic,
//!         Relaxed, //
//!     },
//! };
//! use notifier_chain::{
//!     atomic,
//!     chains::signal,
//!     context::Sleepable,
//!     Outcome,
//!     Priority, //
//! };
//!
//! /// How many signals were delivered that their task does not handle.
//! struct Unhandled(Atomic<u32>);
//!
//! impl atomic::Handler<signal::Event<'_>> for Unhandled {
//!     fn notify(&self, event: &signal::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
//!         if event.action() == signal::Action::Default {
//!             self.0.fetch_add(1, Relaxed);
//!         }
//!         Outcome::Done
//!     }
//! }
//!
//! let cx = Sleepable::might_sleep();
//! let unhandled = signal::register(cx, Priority::DEFAULT, Unhandled(Atomic::new(0)));
//! let unhandled = KBox::pin_init(unhandled, GFP_KERNEL)?;
//! pr_info!("{} signals\n", unhandled.handler().0.load(Relaxed));
//! # Ok::<(), Error>(())
//! ```
//!
//! [`current!()`]: kernel::current
//! [`SpinLock`]: kernel::sync::SpinLock
//! [`SpinLockIrq`]: kernel::sync::SpinLockIrq
//! [`task_exit::Event::status()`]: crate::chains::task_exit::Event::status

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

/// What a task does with a signal.
///
/// # Examples
///
/// Whether a signal calls into the program. The address is one of the process, and not one to
/// follow:
///
/// ```
/// use notifier_chain::chains::signal;
///
/// fn is_caught(action: signal::Action) -> bool {
///     matches!(action, signal::Action::Handler(_))
/// }
///
/// assert!(is_caught(signal::Action::Handler(0x40_1136)));
/// assert!(!is_caught(signal::Action::Ignore));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// What is usual for the signal: `SIG_DFL`. Many end the process, some do nothing.
    Default,
    /// Nothing: `SIG_IGN`.
    Ignore,
    /// It calls its handler, at this address of its own.
    Handler(usize),
}

/// A signal is delivered.
///
/// # Examples
///
/// Where a signal comes from:
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
///     chains::signal,
///     context::Sleepable,
///     Outcome,
///     Priority, //
/// };
///
/// /// `SIGUSR1`, and `SI_USER`: a process called `kill()`.
/// const USER_1: i32 = 10;
/// const BY_KILL: i32 = 0;
///
/// struct Count(Atomic<u32>);
///
/// impl atomic::Handler<signal::Event<'_>> for Count {
///     fn notify(&self, event: &signal::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
///         let is_caught = matches!(event.action(), signal::Action::Handler(_));
///         if (event.number(), event.code(), is_caught) == (USER_1, BY_KILL, true) {
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
/// let count = signal::register(cx, Priority::DEFAULT, Count(Atomic::new(0)));
/// let count = KBox::pin_init(count, GFP_KERNEL)?;
///
/// shell(c"trap : USR1; kill -USR1 $$; kill -USR1 $$");
/// assert_eq!(count.handler().0.load(Relaxed), 2);
/// # Ok::<(), Error>(())
/// ```
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

    /// Returns the error that the signal tells of: `si_errno`, or 0, as nearly always.
    ///
    /// User space can send what it likes here.
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

/// A handler's time on the chain of signals.
///
/// # Examples
///
/// The probe is there as long as one of them, and costs every signal a little. A driver that needs
/// it now and then holds one now and then:
///
/// ```
/// use kernel::prelude::*;
/// use notifier_chain::{
///     atomic,
///     chains::signal,
///     context::Sleepable,
///     Outcome,
///     Priority, //
/// };
///
/// struct Log;
///
/// impl atomic::Handler<signal::Event<'_>> for Log {
///     fn notify(&self, event: &signal::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
///         pr_debug!("signal {}\n", event.number());
///         Outcome::Done
///     }
/// }
///
/// struct Trace(Option<Pin<KBox<signal::Registration<Log>>>>);
///
/// impl Trace {
///     fn start(&mut self, cx: Sleepable<'_>) -> Result {
///         let log = signal::register(cx, Priority::DEFAULT, Log);
///         self.0 = Some(KBox::pin_init(log, GFP_KERNEL)?);
///         Ok(())
///     }
///
///     fn stop(&mut self) {
///         self.0 = None;
///     }
/// }
///
/// let mut trace = Trace(None);
/// trace.start(Sleepable::might_sleep())?;
/// assert!(trace.0.is_some());
/// trace.stop();
/// assert!(trace.0.is_none());
/// # Ok::<(), Error>(())
/// ```
pub type Registration<T> = crate::Registration<Global<Signal>, T>;

/// Registers `handler` on the chain of signals. May sleep, unlike registering on other atomic
/// chains: the first to come attaches the probe.
///
/// # Errors
///
/// Those of `handler`, `EOPNOTSUPP` if the kernel has no such tracepoint, and `ENOMEM`.
///
/// # Examples
///
/// The chain is called with interrupts off, so that a lock which is also taken elsewhere is one
/// that turns them off there:
///
/// ```
/// use kernel::{
///     new_spinlock_irq,
///     prelude::*,
///     sync::SpinLockIrq, //
/// };
/// use notifier_chain::{
///     atomic,
///     chains::signal,
///     context::Sleepable,
///     Outcome,
///     Priority, //
/// };
///
/// #[pin_data]
/// struct Counts {
///     #[pin]
///     by_number: SpinLockIrq<[u32; 65]>,
/// }
///
/// impl atomic::Handler<signal::Event<'_>> for Counts {
///     fn notify(&self, event: &signal::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
///         if let Ok(number) = usize::try_from(event.number()) {
///             if let Some(count) = self.by_number.lock().get_mut(number) {
///                 *count += 1;
///             }
///         }
///         Outcome::Done
///     }
/// }
///
/// let cx = Sleepable::might_sleep();
/// let counts = pin_init!(Counts { by_number <- new_spinlock_irq!([0; 65]) });
/// let counts = KBox::pin_init(signal::register(cx, Priority::DEFAULT, counts), GFP_KERNEL)?;
/// // There is no signal 0.
/// assert_eq!(counts.handler().by_number.lock()[0], 0);
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
/// It is of a kind whose handlers may take a spin lock, unlike that of panics:
///
/// ```
/// use notifier_chain::{
///     atomic::Atomic,
///     chains::{
///         signal::Signal,
///         KernelChain, //
///     },
/// };
///
/// fn may_spin<C: KernelChain<Kind = Atomic>>() {}
///
/// may_spin::<Signal>();
/// ```
pub enum Signal {}

// SAFETY: An atomic chain, private to the library in this module. Only its own probe calls it, in
// the task that the signal is for, with a `struct notifier_chain_signal` on the probe's stack.
unsafe impl KernelChain for Signal {
    type Kind = Atomic;
    type Event<'a> = Event<'a>;

    const REGISTER: unsafe extern "C" fn(*mut notifier_block) -> c_int =
        bindings::notifier_chain_register_signal;
    const UNREGISTER: unsafe extern "C" fn(*mut notifier_block) -> c_int =
        bindings::notifier_chain_unregister_signal;

    #[inline]
    unsafe fn event<'a>(_action: c_ulong, data: *mut c_void) -> Option<Event<'a>> {
        let told = data.cast::<bindings::notifier_chain_signal>();
        // SAFETY: By the safety requirements, `data` is what the probe passes: not null, and it
        // stays as it is. Saying so spares the callback a comparison.
        Some(Event(unsafe { told.as_ref().unwrap_unchecked() }))
    }
}
