// SPDX-License-Identifier: GPL-2.0

//! Raw chains: callbacks under whatever lock the caller holds.
//!
//! A raw chain has no lock of its own. Here, whoever calls it has a shared borrow of it, and
//! whoever registers or unregisters an exclusive one, so that what must not happen at the same time
//! does not compile. Most often it is inside a lock, a
//! [`Mutex<raw::Chain<E>>`](kernel::sync::Mutex) or a
//! [`SpinLock<raw::Chain<E>>`](kernel::sync::SpinLock): calling it means to lock it, and a
//! registration locks it when it is made and dropped. The lock also says what a handler may do:
//! under a spin lock it must be [`AtomicSafe`].
//!
//! A handler must not lock what its chain is in: it is locked.
//!
//! A chain that only one task has needs no lock: that is an [`Unshared`] one, which cannot be given
//! to another task while somebody is registered.
//!
//! C header: [`include/linux/notifier.h`](srctree/include/linux/notifier.h)
//!
//! # Examples
//!
//! ```
//! use kernel::{
//!     new_mutex,
//!     prelude::*,
//!     sync::{
//!         atomic::{
//!             Atomic,
//!             Relaxed, //
//!         },
//!         Arc, //
//!     },
//! };
//! use notifier_chain::{
//!     raw,
//!     Outcome,
//!     Priority, //
//! };
//!
//! struct Last(Atomic<u32>);
//!
//! impl raw::Handler<u32> for Last {
//!     fn notify(&self, event: &u32, _cx: raw::Context<'_>) -> Outcome {
//!         self.0.store(*event, Relaxed);
//!         Outcome::Ok
//!     }
//! }
//!
//! let chain = Arc::pin_init(new_mutex!(raw::Chain::new()), GFP_KERNEL)?;
//! let last = KBox::pin_init(
//!     raw::register(chain.clone(), Priority::DEFAULT, Last(Atomic::new(0))),
//!     GFP_KERNEL,
//! )?;
//!
//! chain.lock().call(&7);
//! assert_eq!(last.handler().0.load(Relaxed), 7);
//! # Ok::<(), Error>(())
//! ```

use core::cell::Cell;

use kernel::{
    bindings::{
        self,
        notifier_block,
        raw_notifier_head, //
    },
    error::to_result,
    prelude::*,
    sync::lock::{
        mutex::MutexBackend,
        spinlock::SpinLockBackend,
        Lock, //
    },
};

use crate::{
    block::Class,
    call::{
        self,
        Call, //
    },
    chain::{
        self,
        Kind,
        Notify, //
    },
    context::{
        self,
        AtomicSafe,
        Detached, //
    },
    Accepts,
    ChainRef,
    Outcome,
    Priority,
    Registration,
    Verdict, //
};

/// What a callback on a raw chain may do: what the caller's lock allows.
///
/// # Examples
///
/// ```
/// use notifier_chain::{
///     raw,
///     Outcome, //
/// };
///
/// struct Ignorant;
///
/// impl raw::Handler<u32> for Ignorant {
///     // It promises nothing: what may be done is up to the lock that the chain is in.
///     fn notify(&self, _event: &u32, _cx: raw::Context<'_>) -> Outcome {
///         Outcome::Done
///     }
/// }
/// ```
pub type Context<'cx> = context::Raw<'cx>;

/// A handler of events `E` on a raw chain.
///
/// Each chain says what its lock demands of a handler beyond this.
///
/// # Examples
///
/// ```
/// use notifier_chain::{
///     raw,
///     Outcome, //
/// };
///
/// struct Veto;
///
/// impl raw::Handler<u32> for Veto {
///     fn notify(&self, _event: &u32, _cx: raw::Context<'_>) -> Outcome {
///         Outcome::Bad
///     }
/// }
/// ```
pub trait Handler<E: ?Sized + Detached>: Detached + Send + Sync + 'static {
    /// Answers to `event`, while the caller's lock is held.
    fn notify(&self, event: &E, cx: Context<'_>) -> Outcome;
}

// SAFETY: What the lock of a raw chain demands beyond the supertraits of `Handler` is up to who
// calls it.
unsafe impl<E: ?Sized + Detached, T: Handler<E>> Notify<E, Raw> for T {
    // On a chain of the kernel. A lock may hold it to more.
    const CLASS: Class = Class::Process;

    #[inline]
    fn notify_in_callback(&self, event: &E) -> Outcome {
        self.notify(event, Context::new())
    }
}

/// Registers `handler` on the raw chain in the lock of `handle`: `raw_notifier_chain_register()`.
///
/// Locks the lock, and so does dropping the registration. An [`Unshared`] chain has none.
///
/// # Errors
///
/// Those of `handler`, and `EBUSY` if an [`Unshared`] chain is being called.
///
/// # Examples
///
/// On a chain in a spin lock, whose handlers must not sleep:
///
/// ```
/// use kernel::{
///     new_spinlock,
///     prelude::*,
///     sync::Arc, //
/// };
/// use notifier_chain::{
///     raw,
///     Outcome,
///     Priority, //
/// };
///
/// struct Odd;
///
/// impl raw::Handler<u32> for Odd {
///     fn notify(&self, event: &u32, _cx: raw::Context<'_>) -> Outcome {
///         if *event % 2 == 1 {
///             Outcome::Ok
///         } else {
///             Outcome::Done
///         }
///     }
/// }
///
/// let chain = Arc::pin_init(new_spinlock!(raw::Chain::new()), GFP_KERNEL)?;
/// let odd = raw::register(chain.clone(), Priority::DEFAULT, Odd);
/// let odd = KBox::pin_init(odd, GFP_KERNEL)?;
/// assert_eq!(chain.lock().call(&3).last(), Outcome::Ok);
///
/// drop(odd);
/// assert_eq!(chain.lock().call(&3).last(), Outcome::Done);
/// # Ok::<(), Error>(())
/// ```
pub fn register<H, T, E>(
    handle: H,
    priority: Priority,
    handler: impl PinInit<T, E>,
) -> impl PinInit<Registration<H, T>, Error>
where
    H: ChainRef,
    H::Chain: Accepts<T, Kind = Raw>,
    Error: From<E>,
{
    Registration::on(handle, priority, handler)
}

/// A raw chain of a driver's own, that tells events `E`.
///
/// # Examples
///
/// ```
/// use kernel::{
///     new_mutex,
///     prelude::*,
///     sync::Mutex, //
/// };
/// use notifier_chain::raw;
///
/// #[pin_data]
/// struct Port {
///     #[pin]
///     chain: Mutex<raw::Chain<u32>>,
/// }
///
/// let port = KBox::pin_init(
///     pin_init!(Port { chain <- new_mutex!(raw::Chain::new()) }),
///     GFP_KERNEL,
/// )?;
/// assert!(port.chain.lock().is_empty());
/// # Ok::<(), Error>(())
/// ```
pub type Chain<E> = chain::Chain<E, Raw>;

/// The raw kind: `struct raw_notifier_head`.
///
/// # Examples
///
/// It names the kind where a function takes chains of one kind only:
///
/// ```
/// use kernel::{
///     new_mutex,
///     prelude::*, //
/// };
/// use notifier_chain::{
///     raw::{
///         self,
///         Raw, //
///     },
///     Chain, //
/// };
///
/// fn is_idle<E>(chain: &Chain<E, Raw>) -> bool {
///     chain.is_empty()
/// }
///
/// let chain = KBox::pin_init(new_mutex!(raw::Chain::new()), GFP_KERNEL)?;
/// assert!(is_idle::<u32>(&chain.lock()));
/// # Ok::<(), Error>(())
/// ```
pub enum Raw {}

// SAFETY: This is where the first notifier is. There is nothing to clean up.
unsafe impl Kind for Raw {
    type Head = raw_notifier_head;

    #[inline]
    unsafe fn first(head: *mut raw_notifier_head) -> *const *mut notifier_block {
        // SAFETY: By the safety requirements, `head` is valid.
        unsafe { &raw const (*head).head }
    }
}

impl<E: ?Sized> Chain<E> {
    /// Creates an empty chain: `RAW_INIT_NOTIFIER_HEAD()`.
    pub fn new() -> impl PinInit<Self> {
        Self::with(|head| {
            // SAFETY: `head` is valid for writes.
            unsafe { (&raw mut (*head).head).write(core::ptr::null_mut()) };
            Ok(())
        })
    }

    /// Tells `event` to all handlers until one stops the chain: `raw_notifier_call_chain()`.
    #[inline]
    pub fn call(&self, event: &E) -> Verdict {
        Call::tell(event, |event, call| {
            // SAFETY: By the type invariants, the head is initialised and wants just that. Nobody
            // changes it, for that takes an exclusive borrow.
            unsafe { bindings::raw_notifier_call_chain(self.as_ptr(), event, call) }
        })
    }

    /// Tells `up` to all handlers until one stops the chain, and then `down` to those before it:
    /// `raw_notifier_call_chain_robust()`.
    ///
    /// What those answer to `down` is ignored, except that one who stops that walk keeps the rest
    /// from hearing it. The verdict is that on `up`. It may not tell who stopped the chain if
    /// `up` and `down` are at the same address.
    #[inline]
    pub fn call_robust(&self, up: &E, down: &E) -> Verdict {
        Call::tell_robust(up, down, |up, down, call| {
            // SAFETY: As above.
            unsafe { bindings::raw_notifier_call_chain_robust(self.as_ptr(), up, down, call) }
        })
    }

    /// Puts `block` on the chain.
    ///
    /// # Safety
    ///
    /// - Nobody else may use the chain at the same time.
    /// - As for [`Accepts::register()`].
    unsafe fn link(&self, block: *mut notifier_block) -> Result {
        // SAFETY: By the safety requirements, this changes what nobody uses, and the block is valid
        // and stays so.
        to_result(unsafe { bindings::raw_notifier_chain_register(self.as_ptr(), block) })
    }

    /// Takes `block` off the chain.
    ///
    /// # Safety
    ///
    /// - Nobody else may use the chain at the same time.
    /// - As for [`Accepts::unregister()`].
    unsafe fn unlink(&self, block: *mut notifier_block) {
        // SAFETY: By the safety requirements, this changes what nobody uses, and the block is on
        // this chain; hence there is no error.
        unsafe { bindings::raw_notifier_chain_unregister(self.as_ptr(), block) };
    }
}

/// A raw chain that one task has to itself, without a lock.
///
/// # Panics
///
/// Dropping a registration while the chain is being called panics, since the call would go on to
/// where the notifier was. A handler can get at its registration only by way of the event, and
/// should not.
///
/// # Examples
///
/// ```
/// use kernel::prelude::*;
/// use notifier_chain::{
///     raw,
///     Outcome,
///     Priority, //
/// };
///
/// struct Odd;
///
/// impl raw::Handler<u32> for Odd {
///     fn notify(&self, event: &u32, _cx: raw::Context<'_>) -> Outcome {
///         if event % 2 == 1 {
///             Outcome::Refuse(EINVAL)
///         } else {
///             Outcome::Ok
///         }
///     }
/// }
///
/// let chain = KBox::pin_init(raw::Unshared::new(), GFP_KERNEL)?;
/// let odd = KBox::pin_init(raw::register(&*chain, Priority::DEFAULT, Odd), GFP_KERNEL)?;
///
/// assert_eq!(chain.call(&1).to_result(), Err(EINVAL));
/// drop(odd);
/// assert_eq!(chain.call(&1).to_result(), Ok(()));
/// # Ok::<(), Error>(())
/// ```
///
/// # Invariants
///
/// `walks` is how many calls of `chain` are under way. As long as there is one, the chain is not
/// changed.
#[pin_data]
pub struct Unshared<E: ?Sized> {
    // Not `Sync`, so that all that happens to the chain happens in one task.
    walks: Cell<usize>,
    #[pin]
    chain: Chain<E>,
}

impl<E: ?Sized> Unshared<E> {
    /// Creates an empty chain.
    pub fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            walks: Cell::new(0),
            chain <- Chain::new(),
        })
    }

    /// Tells `event` to all handlers, see [`Chain::call()`].
    #[inline]
    pub fn call(&self, event: &E) -> Verdict {
        self.walk(|chain| chain.call(event))
    }

    /// Tells `up`, and `down` if somebody refuses, see [`Chain::call_robust()`].
    ///
    /// # Examples
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
    ///     raw,
    ///     Outcome,
    ///     Priority, //
    /// };
    ///
    /// /// Follows what it is told.
    /// struct Light(Atomic<bool>);
    ///
    /// impl raw::Handler<bool> for Light {
    ///     fn notify(&self, on: &bool, _cx: raw::Context<'_>) -> Outcome {
    ///         self.0.store(*on, Relaxed);
    ///         Outcome::Ok
    ///     }
    /// }
    ///
    /// struct Busy;
    ///
    /// impl raw::Handler<bool> for Busy {
    ///     fn notify(&self, _on: &bool, _cx: raw::Context<'_>) -> Outcome {
    ///         Outcome::Refuse(EBUSY)
    ///     }
    /// }
    ///
    /// let chain = KBox::pin_init(raw::Unshared::new(), GFP_KERNEL)?;
    /// let light = raw::register(&*chain, Priority::FIRST, Light(Atomic::new(false)));
    /// let light = KBox::pin_init(light, GFP_KERNEL)?;
    /// let _busy = KBox::pin_init(raw::register(&*chain, Priority::LAST, Busy), GFP_KERNEL)?;
    ///
    /// assert_eq!(chain.call_robust(&true, &false).to_result(), Err(EBUSY));
    /// assert!(!light.handler().0.load(Relaxed));
    /// # Ok::<(), Error>(())
    /// ```
    #[inline]
    pub fn call_robust(&self, up: &E, down: &E) -> Verdict {
        self.walk(|chain| chain.call_robust(up, down))
    }

    /// Returns whether nobody is registered.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.chain.is_empty()
    }

    fn walk(&self, call: impl FnOnce(&Chain<E>) -> Verdict) -> Verdict {
        // INVARIANT: One more call is under way, from here to below.
        self.walks.set(self.walks.get() + 1);
        let verdict = call(&self.chain);
        self.walks.set(self.walks.get() - 1);
        verdict
    }
}

// SAFETY: The chain is not shared between tasks, and is changed only while it is not being called.
// So a block is called only when it is registered, and with an event of type `E`.
unsafe impl<E: ?Sized + Detached, T: Handler<E>> Accepts<T> for Unshared<E> {
    type Kind = Raw;

    const CLASS: Class = Class::Process;

    unsafe fn register(&self, block: *mut notifier_block) -> Result {
        if self.walks.get() > 0 {
            return Err(EBUSY);
        }
        // SAFETY: Nobody else has the chain now. The rest is passed on.
        unsafe { self.chain.link(block) }
    }

    unsafe fn unregister(&self, block: *mut notifier_block) {
        assert!(
            self.walks.get() == 0,
            "a registration is dropped while its chain is being called"
        );
        // SAFETY: As above.
        unsafe { self.chain.unlink(block) };
    }

    #[inline]
    unsafe fn notify(handler: &T, action: c_ulong, _data: *mut c_void) -> Outcome {
        // SAFETY: By the type invariants of the chain, `action` stands for an event during this
        // callback.
        handler.notify_in_callback(unsafe { call::event(action) })
    }

    #[inline]
    unsafe fn stopped(priority: c_int, action: c_ulong, data: *mut c_void) {
        // SAFETY: By the type invariants of the chain, `data` is null or a `Call`, under way during
        // this callback.
        unsafe { Call::note_stop(priority, action, data) };
    }
}

/// Lets a raw chain in a lock take handlers that do what the lock allows.
macro_rules! accepts_in_lock {
    ($backend:ty, $class:expr $(, $demand:ident)?) => {
        // SAFETY: The lock is held by whoever calls the chain, registers on it or unregisters from
        // it: the first has its guard, the others are below. So a block is called only when it is
        // registered, and with an event of type `E`. The handler is what the lock demands.
        unsafe impl<E, T> Accepts<T> for Lock<Chain<E>, $backend>
        where
            E: ?Sized + Detached,
            T: Handler<E> $(+ $demand)?,
        {
            type Kind = Raw;

            const CLASS: Class = $class;

            unsafe fn register(&self, block: *mut notifier_block) -> Result {
                // SAFETY: Whoever uses the chain holds the lock. The rest is passed on.
                unsafe { self.lock().link(block) }
            }

            unsafe fn unregister(&self, block: *mut notifier_block) {
                // SAFETY: As above. What is in a lock is pinned, so that this is the chain that the
                // block was registered on.
                unsafe { self.lock().unlink(block) };
            }

            #[inline]
            unsafe fn notify(handler: &T, action: c_ulong, _data: *mut c_void) -> Outcome {
                // SAFETY: By the type invariants of the chain, `action` stands for an event during
                // this callback.
                handler.notify_in_callback(unsafe { call::event(action) })
            }

            #[inline]
            unsafe fn stopped(priority: c_int, action: c_ulong, data: *mut c_void) {
                // SAFETY: By the type invariants of the chain, `data` is null or a `Call`, under
                // way during this callback.
                unsafe { Call::note_stop(priority, action, data) };
            }
        }
    };
}

accepts_in_lock!(MutexBackend, Class::Process);
accepts_in_lock!(SpinLockBackend, Class::Atomic, AtomicSafe);
#[cfg(kernel_has_spin_lock_irq)]
accepts_in_lock!(
    kernel::sync::lock::spinlock::SpinLockIrqBackend,
    Class::Atomic,
    AtomicSafe
);
