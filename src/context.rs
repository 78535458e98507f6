// SPDX-License-Identifier: GPL-2.0

//! Where a handler runs, and what it may own there.
//!
//! Three things keep a handler from sleeping where it must not. Each finds what the others miss:
//!
//! - *Types.* [`AtomicSafe`] and [`NmiSafe`] are lints. They refuse a handler that owns, or an
//!   event that lends, what sleeps or waits. They do not see what a handler calls. No unsafe code
//!   of this crate relies on them.
//! - *Object code.* `context-check` follows all calls of a handler, in the module and in the
//!   kernel, when `make` builds the module. What it proves is in `docs/context-check.md`.
//! - *The running kernel.* [`Sleepable::might_sleep()`], registering, and dropping a
//!   [`Registration`] stop with `BUG` where the code must not sleep. So a handler cannot free
//!   itself while it runs.
//!
//! None of them detects a handler that sleeps by a function of the kernel's, if its module was
//! built without `context-check`. Without `CONFIG_PREEMPT_RCU` such a handler may be freed while it
//! sleeps. The kernel reports it as *scheduling while atomic*, and `CONFIG_DEBUG_ATOMIC_SLEEP` and
//! lockdep report more.

use core::{
    fmt,
    marker::PhantomData, //
};

use kernel::{
    bindings::notifier_block,
    mm::MmWithUser,
    prelude::*,
    sync::{
        lock::{
            mutex::MutexBackend,
            Backend,
            Lock, //
        },
        poll::PollCondVar,
        Completion,
        CondVar, //
    },
    task::Task,
    types::{
        ForeignOwnable,
        NotThreadSafe, //
    },
    workqueue,
    xarray::XArray, //
};

use crate::{
    bindings,
    Chain,
    Handler,
    Registration, //
};

/// A kind of chain: where its handlers run.
///
/// - [`Atomic`](crate::atomic::Atomic): anywhere, as an RCU reader; they must not sleep. A raw
///   chain in a spin lock is of this kind, too.
/// - [`Nmi`](crate::atomic::Nmi): as an RCU reader, also in NMI context or with the other CPUs
///   stopped; they must not wait.
/// - [`Blocking`](crate::blocking::Blocking): in a task; they may sleep. A raw chain in a mutex, or
///   under RTNL, is of this kind, too.
/// - [`Srcu`](crate::srcu::Srcu): as `Blocking`.
///
/// These are all: the trait is sealed.
///
/// # Safety
///
/// Implementers must ensure that [`context()`](Self::context) makes nothing that its requirements
/// do not prove, and that the function of [`callback()`](Self::callback) calls the handler of the
/// `Registration<C, T>` that the block belongs to, and nothing else.
pub unsafe trait Kind: sealed::Sealed {
    /// What a chain of this kind proves to its handlers.
    type Context<'cx>;

    /// Whether they may sleep.
    const MAY_SLEEP: bool;

    /// Makes the proof.
    ///
    /// # Safety
    ///
    /// For `'cx`, the caller must be an RCU reader if the kind is `Atomic` or `Nmi`.
    unsafe fn context<'cx>() -> Self::Context<'cx>;

    /// Returns the function that such a chain calls for a handler `T`.
    #[doc(hidden)]
    fn callback<C: Chain<Kind = Self>, T: Handler<C>>(
    ) -> unsafe extern "C" fn(*mut notifier_block, c_ulong, *mut c_void) -> c_int;
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for crate::atomic::Atomic {}
    impl Sealed for crate::atomic::Nmi {}
    impl Sealed for crate::blocking::Blocking {}
    impl Sealed for crate::srcu::Srcu {}
}

/// What handlers on a chain of the kind `K` may own, and its events may lend.
#[diagnostic::on_unimplemented(
    message = "a chain of kind `{K}` cannot have a `{Self}` in its handlers and events"
)]
pub trait Fits<K: Kind> {}

/// Types that own no lock that sleeps: a lint.
///
/// Handlers and events of an atomic chain must be `AtomicSafe`. The compiler works it out, as it
/// does for [`Send`]: a type is `AtomicSafe` unless something in it is not, at whatever depth and
/// behind whatever pointer. What is not:
///
/// - [`Mutex`](kernel::sync::Mutex), since locking it sleeps, and [`MmWithUser`] and `Clk`, which
///   contain one,
/// - [`Sleepable`] and [`Registration`],
/// - [`Srcu`](kernel::sync::Srcu) and [`srcu::Chain`](crate::srcu::Chain), since dropping them
///   waits for their readers,
/// - [`fmt::Arguments`] and a `dyn Trait` without `+ AtomicSafe`, since they hide what they borrow,
/// - [`Completion`], [`CondVar`] and [`PollCondVar`], since one can wait with them.
///
/// On a kernel for real time (`CONFIG_PREEMPT_RT`) a [`SpinLock`](kernel::sync::SpinLock)
/// sleeps. It is `AtomicSafe` all the same: there a handler may lock it unless its chain is called
/// in a hard interrupt, or with preemption or interrupts off.
///
/// If you know better than the lint, implement it, as for a driver that only completes its
/// `Completion`: `impl AtomicSafe for Driver {}`.
///
/// # Examples
///
/// ```
/// # use kernel::sync::{Arc, SpinLock};
/// # use notifier_chain::context::AtomicSafe;
/// fn may_be_owned<T: AtomicSafe>() {}
///
/// may_be_owned::<Arc<SpinLock<u32>>>();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` may sleep, so neither a handler nor an event of an atomic chain can hold it",
    label = "may sleep",
    note = "use a `sync::atomic::Atomic`, a `TryLock` or a `SpinLock`, or hand the work to a work queue"
)]
pub auto trait AtomicSafe {}

// `Lock` is as its backend is: `MutexBackend` below is not.
impl<T: ?Sized + AtomicSafe, B: Backend + AtomicSafe> AtomicSafe for Lock<T, B> {}
impl !AtomicSafe for MutexBackend {}
impl !AtomicSafe for Completion {}
impl !AtomicSafe for CondVar {}
impl !AtomicSafe for PollCondVar {}
impl !AtomicSafe for MmWithUser {}
impl !AtomicSafe for Sleepable<'_> {}
impl !AtomicSafe for fmt::Arguments<'_> {}
#[cfg(CONFIG_COMMON_CLK)]
impl !AtomicSafe for kernel::clk::Clk {}
#[cfg(kernel_has_srcu)]
impl !AtomicSafe for kernel::sync::Srcu {}
impl<C: Chain, T: Handler<C>> !AtomicSafe for Registration<C, T> {}

/// Types that own no lock that is waited for: a lint.
///
/// This is stricter than [`AtomicSafe`]. It is for handlers that run when a machine dies, in NMI
/// context or with the other CPUs stopped: a stopped CPU may hold any lock, so that even a spin
/// lock waits for ever. What is not `NmiSafe`, besides all that is not `AtomicSafe`:
///
/// - every [`Lock`]: use a [`TryLock`](crate::TryLock), or atomics,
/// - [`Task`], work items and work queues, which take a spin lock to wake a task,
/// - [`XArray`], which has a lock of its own,
/// - a driver's own chains, whose handlers need not be `NmiSafe`. A struct with a chain in it
///   cannot be shared with a panic handler: share what the panic handler needs, as by an `Arc` of
///   it.
///
/// A `Devres` and a `DevresLt`, such as `pci::DevresBar`, are `NmiSafe`: `try_access()` waits for
/// nothing. Freeing memory takes a lock, too, which types do not show: `context-check` does.
///
/// If you know better than the lint, implement it: `impl NmiSafe for Driver {}`.
///
/// # Examples
///
/// ```
/// # use kernel::sync::atomic::Atomic;
/// # use notifier_chain::{context::NmiSafe, TryLock};
/// /// The state of a handler on the panic chain.
/// struct Crash {
///     count: Atomic<u32>,
///     report: TryLock<[u8; 256]>,
/// }
///
/// fn may_be_owned<T: NmiSafe>() {}
///
/// may_be_owned::<Crash>();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` may wait for a lock, so a handler that runs in NMI context or in a panic cannot own it",
    label = "may wait",
    note = "a stopped CPU may hold any lock: use a `sync::atomic::Atomic` or a `TryLock`, and keep chains elsewhere"
)]
pub auto trait NmiSafe {}

impl<T: ?Sized, B: Backend> !NmiSafe for Lock<T, B> {}
impl !NmiSafe for Completion {}
impl !NmiSafe for CondVar {}
impl !NmiSafe for PollCondVar {}
impl !NmiSafe for MmWithUser {}
impl !NmiSafe for Sleepable<'_> {}
impl !NmiSafe for Task {}
impl !NmiSafe for fmt::Arguments<'_> {}
impl !NmiSafe for workqueue::Queue {}
#[cfg(CONFIG_COMMON_CLK)]
impl !NmiSafe for kernel::clk::Clk {}
#[cfg(kernel_has_srcu)]
impl !NmiSafe for kernel::sync::Srcu {}
impl<C: Chain, T: Handler<C>> !NmiSafe for Registration<C, T> {}
impl<T: ForeignOwnable> !NmiSafe for XArray<T> {}
impl<T: ?Sized, const ID: u64> !NmiSafe for workqueue::Work<T, ID> {}
impl<T: ?Sized, const ID: u64> !NmiSafe for workqueue::DelayedWork<T, ID> {}

// Only the destructor uses the `Completion` in it.
impl<T: Send + AtomicSafe> AtomicSafe for kernel::devres::Devres<T> {}
impl<T: Send + NmiSafe> NmiSafe for kernel::devres::Devres<T> {}

/// The proof that the code could sleep where it was made.
///
/// Registering, and calling a blocking or an SRCU chain, take one. A handler that may sleep is
/// given one. It proves nothing about locks that are taken later, and no unsafe code relies on it.
///
/// # Examples
///
/// ```
/// # use kernel::time::{delay::fsleep, Delta};
/// # use notifier_chain::context::Sleepable;
/// /// Cannot be called from an atomic handler.
/// fn settle(_cx: Sleepable<'_>) {
///     fsleep(Delta::from_millis(1));
/// }
///
/// settle(Sleepable::might_sleep());
/// ```
// The lifetime is invariant, so that a handler can neither stretch nor keep its token.
#[derive(Clone, Copy)]
pub struct Sleepable<'cx>(PhantomData<fn(&'cx ()) -> &'cx ()>, NotThreadSafe);

impl Sleepable<'_> {
    /// Makes the token in code that may sleep: module init and exit, probe, a work item, an ioctl.
    ///
    /// # Panics
    ///
    /// Where the code must not sleep: in an interrupt, with interrupts or preemption off, with a
    /// spin lock held, in an RCU read side. A kernel without `CONFIG_PREEMPT_COUNT`, as User-Mode
    /// Linux is, does not know of preemption, spin locks and RCU.
    #[inline]
    pub fn might_sleep() -> Self {
        might_sleep();
        Self(PhantomData, NotThreadSafe)
    }

    /// Makes the token in a callback of a chain that may sleep.
    #[inline]
    pub(crate) fn in_callback() -> Self {
        Self(PhantomData, NotThreadSafe)
    }
}

/// Ends with `BUG` where the code must not sleep, as far as the kernel can tell.
#[inline]
pub(crate) fn might_sleep() {
    // SAFETY: It can be called anywhere.
    unsafe { bindings::notifier_chain_might_sleep() };
}
