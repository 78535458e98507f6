// SPDX-License-Identifier: GPL-2.0

//! What a callback may do where it runs.
//!
//! Two kinds of evidence meet here. A *marker trait* says what the state of a handler is made of:
//! [`AtomicSafe`] types own no lock that sleeps, [`NmiSafe`] types none that is waited for. A
//! *token* says where the code runs: [`Atomic`] is what a handler on an atomic chain is given,
//! [`Sleepable`] is what calling and registering ask for where the chain may sleep.
//!
//! Both are about what a handler is given. What it calls of its own accord, an allocation that may
//! sleep or a lock in a static, they cannot see. The object code shows it: the library puts the
//! entry of each handler that must not sleep into a section of its own, and the
//! program `context-check` follows it from there to all that it may call, in the module and in the
//! kernel. `make` runs it on what it has built, and fails if a handler may sleep, or if that cannot
//! be told; one that is [`NmiSafe`] must not wait for a spin lock or allocate either. Making a
//! [`Sleepable`] counts as sleeping. What that proves, and what not, is in `docs/context-check.md`.
//! `CONFIG_DEBUG_ATOMIC_SLEEP` sees what really happens, when it does.

use core::marker::PhantomData;

use kernel::{
    sync::{
        lock::{
            spinlock::SpinLockBackend,
            Backend,
            Lock, //
        },
        poll::PollCondVar,
        Completion,
        CondVar, //
    },
    task::might_sleep,
    types::{
        ForeignOwnable,
        NotThreadSafe, //
    },
    workqueue,
    xarray::XArray, //
};

use crate::{
    bindings,
    Accepts,
    ChainRef,
    Registration, //
};

/// Types that own no lock that sleeps.
///
/// The state of a handler on an atomic chain must be `AtomicSafe`. The compiler works out by itself
/// which types are, as it does for [`Send`]: a type is, unless something in it is not, at whatever
/// depth and behind whatever pointer. What is not:
///
/// - [`Mutex`], since locking it sleeps,
/// - [`Registration`], since dropping it waits for the callbacks that still run, itself among them,
/// - [`Srcu`](kernel::sync::Srcu) and [`srcu::Chain`](crate::srcu::Chain), since dropping them
///   waits for their readers,
/// - [`MaySleep`], for types of your own.
///
/// What is there to wake others ([`Completion`], [`CondVar`], work items) stays allowed, although
/// one can also wait with it, and so do C structures that merely have a mutex somewhere.
///
/// # Safety
///
/// Implementing this by hand overrides the compiler. Implementers must ensure that what can be done
/// with a `&Self` in a handler does not sleep.
///
/// # Examples
///
/// ```
/// use kernel::sync::{
///     Arc,
///     Completion,
///     SpinLock, //
/// };
/// use notifier_chain::context::AtomicSafe;
///
/// /// Compiles for what an atomic handler may own.
/// fn may_be_owned<T: AtomicSafe>() {}
///
/// may_be_owned::<SpinLock<u32>>();
/// may_be_owned::<Arc<Completion>>();
/// ```
///
/// A `Mutex` does not get through:
///
/// ```ignore
/// // `ignore`: it does not compile, as it should.
/// may_be_owned::<kernel::sync::Mutex<u32>>();
/// ```
///
/// [`Mutex`]: kernel::sync::Mutex
#[diagnostic::on_unimplemented(
    message = "`{Self}` may sleep, so a handler that must not sleep cannot own it",
    label = "may sleep",
    note = "use an atomic or a `TryLock`; a handler that runs neither in NMI context nor in a panic may also use a `SpinLock`, or hand the work to a work queue"
)]
pub unsafe auto trait AtomicSafe {}

impl !AtomicSafe for MaySleep {}
#[cfg(kernel_has_srcu)]
impl !AtomicSafe for kernel::sync::Srcu {}
impl<H: ChainRef, T> !AtomicSafe for Registration<H, T> where H::Chain: Accepts<T> {}

// An explicit impl for one `Lock` switches the automatic one off for all of them. So the spin locks
// must be spelt out, and a mutex is not `AtomicSafe`.

// SAFETY: A spin lock spins and does not sleep, and neither does what it protects.
unsafe impl<T: ?Sized + AtomicSafe> AtomicSafe for Lock<T, SpinLockBackend> {}
#[cfg(kernel_has_spin_lock_irq)]
// SAFETY: As above.
unsafe impl<T: ?Sized + AtomicSafe> AtomicSafe
    for Lock<T, kernel::sync::lock::spinlock::SpinLockIrqBackend>
{
}

/// Types that own no lock that is waited for.
///
/// This is stricter than [`AtomicSafe`], and it is what the handlers need that run when a machine
/// dies, in NMI context or with the other CPUs stopped: whoever holds a lock then may never give it
/// back, so that even a spin lock waits for ever. The panic chain demands it. What is not
/// `NmiSafe`, besides all that is not `AtomicSafe`:
///
/// - every [`Lock`]: use a [`TryLock`], or atomics,
/// - [`Completion`], [`CondVar`], work items and work queues, which take a spin lock to wake
///   somebody,
/// - [`XArray`], which has a lock of its own,
/// - a driver's own chains, whose handlers need not be `NmiSafe`.
///
/// # Safety
///
/// Implementing this by hand overrides the compiler. Implementers must ensure that what
/// can be done with a `&Self` in a handler waits for no other context, neither by sleeping nor by
/// spinning.
///
/// # Examples
///
/// ```
/// use kernel::sync::atomic::Atomic;
/// use notifier_chain::{
///     context::NmiSafe,
///     TryLock, //
/// };
///
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
///
/// A `SpinLock` does not get through:
///
/// ```ignore
/// // `ignore`: it does not compile, as it should.
/// may_be_owned::<kernel::sync::SpinLock<u32>>();
/// ```
///
/// [`TryLock`]: crate::TryLock
#[diagnostic::on_unimplemented(
    message = "`{Self}` may wait for a lock, so a handler that runs in NMI context or in a panic cannot own it",
    label = "may wait",
    note = "the crashed CPU may hold any lock: use an atomic or a `TryLock`"
)]
pub unsafe auto trait NmiSafe {}

impl<T: ?Sized, B: Backend> !NmiSafe for Lock<T, B> {}
impl !NmiSafe for MaySleep {}
impl<H: ChainRef, T> !NmiSafe for Registration<H, T> where H::Chain: Accepts<T> {}
impl !NmiSafe for Completion {}
impl !NmiSafe for CondVar {}
impl !NmiSafe for PollCondVar {}
#[cfg(kernel_has_srcu)]
impl !NmiSafe for kernel::sync::Srcu {}
impl<T: ForeignOwnable> !NmiSafe for XArray<T> {}
impl !NmiSafe for workqueue::Queue {}
impl<T: ?Sized, const ID: u64> !NmiSafe for workqueue::Work<T, ID> {}
impl<T: ?Sized, const ID: u64> !NmiSafe for workqueue::DelayedWork<T, ID> {}

/// Types that hold no registration.
///
/// Every handler and every event must be `Detached`: dropping a [`Registration`] waits for the
/// callbacks that still run, so that one that drops its own waits for itself. An event that is a
/// trait object says that it is, as in `dyn Trait + Detached`.
///
/// # Safety
///
/// Implementing this by hand overrides the compiler. Implementers must ensure that no safe use of
/// `&Self` drops a registration.
///
/// # Examples
///
/// An event that is a trait object:
///
/// ```
/// use kernel::prelude::*;
/// use notifier_chain::{
///     atomic,
///     context::Detached,
///     new_atomic_chain,
///     Outcome,
///     Priority, //
/// };
///
/// trait Alert {
///     fn level(&self) -> u32;
/// }
///
/// struct Smoke;
///
/// impl Alert for Smoke {
///     fn level(&self) -> u32 {
///         3
///     }
/// }
///
/// struct Siren;
///
/// impl atomic::Handler<dyn Alert + Detached> for Siren {
///     fn notify(&self, event: &(dyn Alert + Detached), _cx: atomic::Context<'_>) -> Outcome {
///         if event.level() > 2 {
///             Outcome::Ok
///         } else {
///             Outcome::Done
///         }
///     }
/// }
///
/// let chain = KBox::pin_init(new_atomic_chain!(), GFP_KERNEL)?;
/// let siren = atomic::register(&*chain, Priority::DEFAULT, Siren);
/// let _siren = KBox::pin_init(siren, GFP_KERNEL)?;
/// assert_eq!(chain.call(&Smoke).last(), Outcome::Ok);
/// # Ok::<(), Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "neither a handler nor its event can hold a `{Self}`: dropping it waits for the handler itself",
    label = "holds a registration"
)]
pub unsafe auto trait Detached {}

impl<H: ChainRef, T> !Detached for Registration<H, T> where H::Chain: Accepts<T> {}

/// Marks a type whose use may sleep, the way [`PhantomPinned`] marks one that must not move.
///
/// # Examples
///
/// A driver's own handle to a device behind a slow bus, which no atomic handler can own:
///
/// ```
/// use notifier_chain::context::MaySleep;
///
/// struct SlowBus {
///     address: u8,
///     _may_sleep: MaySleep,
/// }
///
/// let bus = SlowBus { address: 0x48, _may_sleep: MaySleep };
/// assert_eq!(bus.address, 0x48);
/// ```
///
/// [`PhantomPinned`]: core::marker::PhantomPinned
#[derive(Clone, Copy, Debug, Default)]
pub struct MaySleep;

/// The context of a handler on an atomic chain: it must not sleep.
///
/// A token: it has no size, only this crate makes it, and it cannot leave the callback that it was
/// given to.
///
/// # Examples
///
/// A function that takes it is called from atomic handlers, and from nowhere else:
///
/// ```
/// use notifier_chain::context;
///
/// fn in_handler(cx: context::Atomic<'_>) -> usize {
///     core::mem::size_of_val(&cx)
/// }
/// ```
// The lifetime is invariant, so that a token can be neither stretched nor kept.
#[derive(Clone, Copy)]
pub struct Atomic<'cx>(PhantomData<fn(&'cx ()) -> &'cx ()>, NotThreadSafe);

impl Atomic<'_> {
    /// Creates the token.
    ///
    /// Not `unsafe`: the worst that a wrong one does is to forbid more than it need.
    #[inline]
    pub(crate) const fn new() -> Self {
        Self(PhantomData, NotThreadSafe)
    }
}

/// The context of a handler on a raw chain: the lock of whoever calls the chain says what it may
/// do.
///
/// A token, as [`Atomic`] is.
///
/// # Examples
///
/// ```
/// use notifier_chain::context;
///
/// fn in_handler(cx: context::Raw<'_>) -> usize {
///     core::mem::size_of_val(&cx)
/// }
/// ```
#[derive(Clone, Copy)]
pub struct Raw<'cx>(PhantomData<fn(&'cx ()) -> &'cx ()>, NotThreadSafe);

impl Raw<'_> {
    /// Creates the token.
    ///
    /// Not `unsafe`: it proves nothing.
    #[inline]
    pub(crate) const fn new() -> Self {
        Self(PhantomData, NotThreadSafe)
    }
}

/// Evidence that the code may sleep, where it was made.
///
/// It does not see a spin lock that is taken afterwards. Calling a chain and registering on one ask
/// for it where the chain itself may sleep. That of a raw chain in a mutex is the caller's lock,
/// and a destructor has nobody to ask.
///
/// # Examples
///
/// A function that asks for it cannot be called from an atomic handler:
///
/// ```
/// use kernel::{
///     prelude::*,
///     time::{
///         delay::fsleep,
///         Delta, //
///     },
/// };
/// use notifier_chain::context::Sleepable;
///
/// fn settle(_cx: Sleepable<'_>) {
///     fsleep(Delta::from_millis(1));
/// }
///
/// settle(Sleepable::might_sleep());
/// ```
#[derive(Clone, Copy)]
pub struct Sleepable<'cx>(PhantomData<fn(&'cx ()) -> &'cx ()>, NotThreadSafe);

impl Sleepable<'_> {
    /// Creates the token for a callback that the kernel has called where it may sleep.
    #[inline]
    pub(crate) const fn in_callback() -> Self {
        Self(PhantomData, NotThreadSafe)
    }

    /// Creates the token in code that knows by itself that it may sleep: module init and exit, a
    /// work item, an ioctl.
    ///
    /// It runs the C macro `might_sleep()`, so that a kernel with `CONFIG_DEBUG_ATOMIC_SLEEP`
    /// reports a caller that is wrong about this.
    ///
    /// # Examples
    ///
    /// ```
    /// use notifier_chain::context::Sleepable;
    ///
    /// let cx = Sleepable::might_sleep();
    /// assert_eq!(core::mem::size_of_val(&cx), 0);
    /// ```
    #[inline]
    #[track_caller]
    pub fn might_sleep() -> Self {
        // SAFETY: It does nothing, and may be called anywhere.
        unsafe { bindings::notifier_chain_might_sleep() };
        might_sleep();
        Self(PhantomData, NotThreadSafe)
    }
}
