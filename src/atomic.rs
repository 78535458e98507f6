// SPDX-License-Identifier: GPL-2.0

//! Atomic chains: callbacks in any context, which must not sleep.
//!
//! The caller of an atomic chain walks it under RCU, wherever it happens to be: in a task, in an
//! interrupt, in NMI context. Whoever registers takes a spin lock, and whoever unregisters waits
//! for an RCU grace period.
//!
//! A handler may call other atomic chains, and its own: that is one more walk, of the chain as it
//! is then. Only the handler itself can keep that from going on for ever.
//!
//! C header: [`include/linux/notifier.h`](srctree/include/linux/notifier.h)
//!
//! # Examples
//!
//! ```
//! use kernel::{
//!     new_spinlock,
//!     prelude::*,
//!     sync::{
//!         Arc,
//!         SpinLock, //
//!     },
//! };
//! use notifier_chain::{
//!     atomic,
//!     new_atomic_chain,
//!     Outcome,
//!     Priority, //
//! };
//!
//! /// What the driver tells.
//! struct Overheated {
//!     celsius: i32,
//! }
//!
//! /// Who wants to know.
//! #[pin_data]
//! struct Fan {
//!     #[pin]
//!     rpm: SpinLock<i32>,
//! }
//!
//! impl atomic::Handler<Overheated> for Fan {
//!     fn notify(&self, event: &Overheated, _cx: atomic::Context<'_>) -> Outcome {
//!         *self.rpm.lock() = event.celsius * 50;
//!         Outcome::Ok
//!     }
//! }
//!
//! let chain = Arc::pin_init(new_atomic_chain!(), GFP_KERNEL)?;
//! let fan = KBox::pin_init(
//!     atomic::register(
//!         chain.clone(),
//!         Priority::DEFAULT,
//!         pin_init!(Fan { rpm <- new_spinlock!(0) }),
//!     ),
//!     GFP_KERNEL,
//! )?;
//!
//! let verdict = chain.call(&Overheated { celsius: 90 });
//! assert_eq!(verdict.last(), Outcome::Ok);
//! assert_eq!(*fan.handler().rpm.lock(), 4500);
//! # Ok::<(), Error>(())
//! ```

use kernel::{
    bindings::{
        self,
        atomic_notifier_head,
        notifier_block, //
    },
    prelude::*,
    sync::LockClassKey,
    task::might_sleep, //
};

use crate::{
    block::Class,
    call::Call,
    chain::{
        self,
        Kind,
        Notify,
        SelfLocked,
        UniquePrio, //
    },
    context::{
        self,
        AtomicSafe,
        Detached,
        NmiSafe, //
    },
    Accepts,
    AcceptsUnique,
    ChainRef,
    Outcome,
    Priority,
    Registration,
    Verdict, //
};

/// What a callback on an atomic chain may do.
///
/// # Examples
///
/// What a handler is given, it can pass on:
///
/// ```
/// use kernel::prelude::*;
/// use notifier_chain::{
///     atomic,
///     Outcome, //
/// };
///
/// /// Has to be called where one must not sleep.
/// fn blink(_cx: atomic::Context<'_>) {
///     pr_info!("blink\n");
/// }
///
/// struct Lamp;
///
/// impl atomic::Handler<u32> for Lamp {
///     fn notify(&self, _event: &u32, cx: atomic::Context<'_>) -> Outcome {
///         blink(cx);
///         Outcome::Ok
///     }
/// }
/// ```
pub type Context<'cx> = context::Atomic<'cx>;

/// A handler of events `E` on an atomic chain.
///
/// Its state must be [`AtomicSafe`]; some chains demand more, as
/// [`chains::panic`](crate::chains::panic) does. It is shared by all CPUs that call the chain at
/// the same time, hence [`Sync`], and dropped by whoever drops the registration, hence [`Send`].
///
/// # Examples
///
/// ```
/// use kernel::sync::atomic::{
///     Atomic,
///     Relaxed, //
/// };
/// use notifier_chain::{
///     atomic,
///     Outcome, //
/// };
///
/// struct Counter(Atomic<u32>);
///
/// impl atomic::Handler<u32> for Counter {
///     fn notify(&self, event: &u32, _cx: atomic::Context<'_>) -> Outcome {
///         self.0.fetch_add(*event, Relaxed);
///         Outcome::Ok
///     }
/// }
/// ```
pub trait Handler<E: ?Sized + Detached>: AtomicSafe + Detached + Send + Sync + 'static {
    /// Answers to `event`.
    ///
    /// Must not sleep, and should be quick: whoever called the chain waits for it.
    fn notify(&self, event: &E, cx: Context<'_>) -> Outcome;
}

/// Registers `handler` on the atomic chain of `handle`: `atomic_notifier_chain_register()`.
///
/// Unlike dropping the registration, this may be done where one must not sleep, but not in NMI
/// context. It takes a spin lock: on a kernel for real time (`PREEMPT_RT`), which may put who waits
/// for that to sleep, not in hard interrupts either, nor with interrupts or preemption off, as
/// where a raw spin lock is held.
///
/// # Errors
///
/// Those of `handler`.
///
/// # Examples
///
/// ```
/// use kernel::{
///     prelude::*,
///     sync::Arc, //
/// };
/// use notifier_chain::{
///     atomic,
///     new_atomic_chain,
///     Outcome,
///     Priority, //
/// };
///
/// struct Limit(u32);
///
/// impl atomic::Handler<u32> for Limit {
///     fn notify(&self, event: &u32, _cx: atomic::Context<'_>) -> Outcome {
///         if *event > self.0 {
///             Outcome::Refuse(ERANGE)
///         } else {
///             Outcome::Ok
///         }
///     }
/// }
///
/// let chain = Arc::pin_init(new_atomic_chain!(), GFP_KERNEL)?;
/// let limit = atomic::register(chain.clone(), Priority::DEFAULT, Limit(100));
/// let limit = KBox::pin_init(limit, GFP_KERNEL)?;
/// assert_eq!(chain.call(&101).to_result(), Err(ERANGE));
///
/// // It is unregistered with its registration.
/// drop(limit);
/// assert_eq!(chain.call(&101).to_result(), Ok(()));
/// # Ok::<(), Error>(())
/// ```
pub fn register<H, T, E>(
    handle: H,
    priority: Priority,
    handler: impl PinInit<T, E>,
) -> impl PinInit<Registration<H, T>, Error>
where
    H: ChainRef,
    H::Chain: Accepts<T, Kind = Atomic>,
    Error: From<E>,
{
    Registration::on(handle, priority, handler)
}

/// Registers `handler` on the atomic chain of `handle`, if nobody there has `priority`:
/// `atomic_notifier_chain_register_unique_prio()`.
///
/// May be done where [`register()`] may.
///
/// # Errors
///
/// Those of `handler`, and `EBUSY` if somebody has that priority.
///
/// # Examples
///
/// ```
/// use kernel::{
///     prelude::*,
///     sync::Arc, //
/// };
/// use notifier_chain::{
///     atomic,
///     new_atomic_chain,
///     Outcome,
///     Priority, //
/// };
///
/// struct Leader;
///
/// impl atomic::Handler<u32> for Leader {
///     fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
///         Outcome::Ok
///     }
/// }
///
/// let chain = Arc::pin_init(new_atomic_chain!(), GFP_KERNEL)?;
/// let first = atomic::register_unique_prio(chain.clone(), Priority::FIRST, Leader);
/// let _first = KBox::pin_init(first, GFP_KERNEL)?;
///
/// let second = atomic::register_unique_prio(chain.clone(), Priority::FIRST, Leader);
/// assert_eq!(KBox::pin_init(second, GFP_KERNEL).err(), Some(EBUSY));
/// # Ok::<(), Error>(())
/// ```
pub fn register_unique_prio<H, T, E>(
    handle: H,
    priority: Priority,
    handler: impl PinInit<T, E>,
) -> impl PinInit<Registration<H, T>, Error>
where
    H: ChainRef,
    H::Chain: AcceptsUnique<T, Kind = Atomic>,
    Error: From<E>,
{
    Registration::on_unique_prio(handle, priority, handler)
}

/// An atomic chain of a driver's own, that tells events `E`.
///
/// Made by [`new_atomic_chain!`](crate::new_atomic_chain).
///
/// # Examples
///
/// A chain as a field of what tells its events:
///
/// ```
/// use kernel::prelude::*;
/// use notifier_chain::{
///     atomic,
///     new_atomic_chain, //
/// };
///
/// #[pin_data]
/// struct Sensor {
///     #[pin]
///     chain: atomic::Chain<u32>,
/// }
///
/// let sensor = KBox::pin_init(
///     pin_init!(Sensor { chain <- new_atomic_chain!("Sensor::chain") }),
///     GFP_KERNEL,
/// )?;
/// assert!(sensor.chain.is_empty());
/// # Ok::<(), Error>(())
/// ```
pub type Chain<E> = chain::Chain<E, Atomic>;

/// The atomic kind: `struct atomic_notifier_head`.
///
/// # Examples
///
/// It names the kind where a function takes chains of one kind only:
///
/// ```
/// use kernel::prelude::*;
/// use notifier_chain::{
///     atomic::Atomic,
///     new_atomic_chain,
///     Chain, //
/// };
///
/// fn is_idle<E>(chain: &Chain<E, Atomic>) -> bool {
///     chain.is_empty()
/// }
///
/// let chain = KBox::pin_init(new_atomic_chain!(), GFP_KERNEL)?;
/// assert!(is_idle::<u32>(&chain));
/// # Ok::<(), Error>(())
/// ```
pub enum Atomic {}

// SAFETY: This is where the first notifier is. There is nothing to clean up.
unsafe impl Kind for Atomic {
    type Head = atomic_notifier_head;

    #[inline]
    unsafe fn first(head: *mut atomic_notifier_head) -> *const *mut notifier_block {
        // SAFETY: By the safety requirements, `head` is valid.
        unsafe { &raw const (*head).head }
    }
}

// SAFETY: Blocks are called under RCU, from when they are registered on, and the unregister
// function waits for a grace period.
unsafe impl SelfLocked for Atomic {
    #[inline]
    unsafe fn link(head: *mut atomic_notifier_head, block: *mut notifier_block) -> c_int {
        // SAFETY: By the safety requirements, both are valid, and stay so.
        unsafe { bindings::atomic_notifier_chain_register(head, block) }
    }

    #[inline]
    unsafe fn unlink(head: *mut atomic_notifier_head, block: *mut notifier_block) -> c_int {
        // Said before there is a grace period to wait for: a kernel with
        // `CONFIG_DEBUG_ATOMIC_SLEEP` reports a callback that gets here, which nothing else would
        // on some.
        might_sleep();
        // SAFETY: By the safety requirements, both are valid and belong together.
        unsafe { bindings::atomic_notifier_chain_unregister(head, block) }
    }
}

// SAFETY: As above.
unsafe impl UniquePrio for Atomic {
    #[inline]
    unsafe fn link_unique_prio(
        head: *mut atomic_notifier_head,
        block: *mut notifier_block,
    ) -> c_int {
        // SAFETY: By the safety requirements, both are valid, and stay so.
        unsafe { bindings::atomic_notifier_chain_register_unique_prio(head, block) }
    }
}

// SAFETY: All that the kind demands are supertraits of `Handler`.
unsafe impl<E: ?Sized + Detached, T: Handler<E>> Notify<E, Atomic> for T {
    const CLASS: Class = Class::Atomic;

    #[inline]
    fn notify_in_callback(&self, event: &E) -> Outcome {
        self.notify(event, Context::new())
    }
}

// Its handlers may own what spins.
impl !NmiSafe for Atomic {}

/// The kind of those atomic chains of the kernel that are called in NMI context, or with the other
/// CPUs stopped: their handlers are [`NmiSafe`], too.
///
/// # Examples
///
/// The chain of panics is of this kind:
///
/// ```
/// use notifier_chain::{
///     atomic::Nmi,
///     chains::{
///         panic::Panic,
///         KernelChain, //
///     },
/// };
///
/// fn called_in_nmi<C: KernelChain<Kind = Nmi>>() {}
///
/// called_in_nmi::<Panic>();
/// ```
pub enum Nmi {}

// SAFETY: All that the kind demands are supertraits of `Handler`, and `NmiSafe`.
unsafe impl<E: ?Sized + Detached, T: Handler<E> + NmiSafe> Notify<E, Nmi> for T {
    const CLASS: Class = Class::Nmi;

    #[inline]
    fn notify_in_callback(&self, event: &E) -> Outcome {
        self.notify(event, Context::new())
    }
}

/// Creates an [`atomic::Chain`](crate::atomic::Chain) initialiser with the given name and a
/// newly-created lock class.
///
/// It uses the name if one is given, otherwise it generates one based on the file name and line
/// number.
///
/// # Examples
///
/// ```
/// use kernel::prelude::*;
/// use notifier_chain::{
///     atomic,
///     new_atomic_chain, //
/// };
///
/// // The name is that of its lock in what lockdep reports.
/// let chain = KBox::pin_init(new_atomic_chain!("overheated"), GFP_KERNEL)?;
/// let chain: &atomic::Chain<i32> = &chain;
/// assert!(chain.is_empty());
/// # Ok::<(), Error>(())
/// ```
#[macro_export]
macro_rules! new_atomic_chain {
    ($($name:literal)?) => {
        $crate::atomic::Chain::new(
            ::kernel::optional_name!($($name)?),
            ::kernel::static_lock_class!(),
        )
    };
}

impl<E: ?Sized> Chain<E> {
    /// Creates an empty chain: `ATOMIC_INIT_NOTIFIER_HEAD()`.
    ///
    /// See [`new_atomic_chain!`](crate::new_atomic_chain).
    pub fn new(name: &'static CStr, key: Pin<&'static LockClassKey>) -> impl PinInit<Self> {
        Self::with(move |head| {
            // SAFETY: `head` is valid for writes. The name and the key are static.
            unsafe {
                bindings::__spin_lock_init(&raw mut (*head).lock, name.as_char_ptr(), key.as_ptr());
                (&raw mut (*head).head).write(core::ptr::null_mut());
            }
            Ok(())
        })
    }

    /// Tells `event` to all handlers until one stops the chain: `atomic_notifier_call_chain()`.
    ///
    /// May be done in any context.
    ///
    /// # Examples
    ///
    /// ```
    /// use kernel::prelude::*;
    /// use notifier_chain::{
    ///     atomic,
    ///     new_atomic_chain,
    ///     Outcome,
    ///     Priority, //
    /// };
    ///
    /// struct Echo;
    ///
    /// impl atomic::Handler<str> for Echo {
    ///     fn notify(&self, event: &str, _cx: atomic::Context<'_>) -> Outcome {
    ///         pr_info!("{event}\n");
    ///         Outcome::Ok
    ///     }
    /// }
    ///
    /// let chain = KBox::pin_init(new_atomic_chain!(), GFP_KERNEL)?;
    /// assert_eq!(chain.call("nobody hears this").last(), Outcome::Done);
    ///
    /// let echo = atomic::register(&*chain, Priority::DEFAULT, Echo);
    /// let _echo = KBox::pin_init(echo, GFP_KERNEL)?;
    /// assert_eq!(chain.call("it is heard").last(), Outcome::Ok);
    /// # Ok::<(), Error>(())
    /// ```
    #[inline]
    pub fn call(&self, event: &E) -> Verdict {
        Call::tell(event, |event, call| {
            // SAFETY: By the type invariants, the head is initialised and wants just that.
            unsafe { bindings::atomic_notifier_call_chain(self.as_ptr(), event, call) }
        })
    }
}
