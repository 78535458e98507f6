// SPDX-License-Identifier: GPL-2.0

//! Blocking chains: callbacks in process context, which may sleep.
//!
//! The caller of a blocking chain holds a reader-writer semaphore for reading while it walks it;
//! whoever registers or unregisters holds it for writing. All of them may sleep, and prove that
//! they may with a [`Sleepable`] token, except that dropping a registration has nobody to ask for
//! one.
//!
//! A handler must not call its own chain: it would take the semaphore for reading once more, and if
//! somebody waits to write by then, both wait for ever. The kernel with `CONFIG_PROVE_LOCKING`
//! reports it ("possible recursive locking"). Calling other chains is fine, in one order.
//!
//! C header: [`include/linux/notifier.h`](srctree/include/linux/notifier.h)
//!
//! # Examples
//!
//! Somebody refuses, and those who have heard of it are told that it is off:
//!
//! ```
//! use kernel::{
//!     new_mutex,
//!     prelude::*,
//!     sync::Mutex, //
//! };
//! use notifier_chain::{
//!     blocking,
//!     context::Sleepable,
//!     new_blocking_chain,
//!     Outcome,
//!     Priority, //
//! };
//!
//! enum Power {
//!     Off,
//!     StillOn,
//! }
//!
//! #[pin_data]
//! struct Cache {
//!     #[pin]
//!     open: Mutex<bool>,
//! }
//!
//! impl blocking::Handler<Power> for Cache {
//!     fn notify(&self, event: &Power, _cx: blocking::Context<'_>) -> Outcome {
//!         *self.open.lock() = matches!(event, Power::StillOn);
//!         Outcome::Ok
//!     }
//! }
//!
//! struct Busy;
//!
//! impl blocking::Handler<Power> for Busy {
//!     fn notify(&self, _event: &Power, _cx: blocking::Context<'_>) -> Outcome {
//!         Outcome::Refuse(EBUSY)
//!     }
//! }
//!
//! let cx = Sleepable::might_sleep();
//! let chain = KBox::pin_init(new_blocking_chain!(), GFP_KERNEL)?;
//! let cache = KBox::pin_init(
//!     blocking::register(
//!         cx,
//!         &*chain,
//!         Priority::new(1),
//!         pin_init!(Cache { open <- new_mutex!(true) }),
//!     ),
//!     GFP_KERNEL,
//! )?;
//! let _busy = KBox::pin_init(
//!     blocking::register(cx, &*chain, Priority::DEFAULT, Busy),
//!     GFP_KERNEL,
//! )?;
//!
//! let verdict = chain.call_robust(cx, &Power::Off, &Power::StillOn);
//! assert_eq!(verdict.to_result(), Err(EBUSY));
//! assert_eq!(verdict.stopped_by(), Some(Priority::DEFAULT));
//! assert!(*cache.handler().open.lock());
//! # Ok::<(), Error>(())
//! ```
//!
//! [`Sleepable`]: crate::context::Sleepable

use kernel::{
    bindings::{
        self,
        blocking_notifier_head,
        notifier_block, //
    },
    prelude::*,
    sync::LockClassKey, //
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
        Detached,
        NmiSafe,
        Sleepable, //
    },
    Accepts,
    AcceptsUnique,
    ChainRef,
    Outcome,
    Priority,
    Registration,
    Verdict, //
};

/// What a callback on a blocking chain may do.
///
/// # Examples
///
/// A handler may sleep, and hands on the proof to what asks for one:
///
/// ```
/// use kernel::prelude::*;
/// use notifier_chain::{
///     blocking,
///     Outcome, //
/// };
///
/// /// Allocates, and so may sleep.
/// fn note(_cx: blocking::Context<'_>, event: u32) -> Result {
///     let _entry = KBox::new(event, GFP_KERNEL)?;
///     Ok(())
/// }
///
/// struct Journal;
///
/// impl blocking::Handler<u32> for Journal {
///     fn notify(&self, event: &u32, cx: blocking::Context<'_>) -> Outcome {
///         Outcome::from(note(cx, *event))
///     }
/// }
/// ```
pub type Context<'cx> = context::Sleepable<'cx>;

/// A handler of events `E` on a blocking chain.
///
/// It is shared by all tasks that call the chain at the same time, hence [`Sync`], and dropped by
/// whoever drops the registration, hence [`Send`].
///
/// # Examples
///
/// ```
/// use kernel::{
///     prelude::*,
///     sync::Mutex, //
/// };
/// use notifier_chain::{
///     blocking,
///     Outcome, //
/// };
///
/// #[pin_data]
/// struct Journal {
///     #[pin]
///     entries: Mutex<KVec<u32>>,
/// }
///
/// impl blocking::Handler<u32> for Journal {
///     fn notify(&self, event: &u32, _cx: blocking::Context<'_>) -> Outcome {
///         Outcome::from(self.entries.lock().push(*event, GFP_KERNEL).map_err(Error::from))
///     }
/// }
/// ```
pub trait Handler<E: ?Sized + Detached>: Detached + Send + Sync + 'static {
    /// Answers to `event`. May sleep; whoever called the chain waits for it.
    fn notify(&self, event: &E, cx: Context<'_>) -> Outcome;
}

/// Registers `handler` on the blocking chain of `handle`:
/// `blocking_notifier_chain_register()`.
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
///     blocking,
///     context::Sleepable,
///     new_blocking_chain,
///     Outcome,
///     Priority, //
/// };
///
/// struct Battery;
///
/// impl blocking::Handler<u32> for Battery {
///     fn notify(&self, percent: &u32, _cx: blocking::Context<'_>) -> Outcome {
///         if *percent < 5 {
///             Outcome::Stop
///         } else {
///             Outcome::Ok
///         }
///     }
/// }
///
/// let cx = Sleepable::might_sleep();
/// let chain = Arc::pin_init(new_blocking_chain!(), GFP_KERNEL)?;
/// let battery = blocking::register(cx, chain.clone(), Priority::new(10), Battery);
/// let _battery = KBox::pin_init(battery, GFP_KERNEL)?;
///
/// assert_eq!(chain.call(cx, &80).stopped_by(), None);
/// assert_eq!(chain.call(cx, &3).stopped_by(), Some(Priority::new(10)));
/// # Ok::<(), Error>(())
/// ```
pub fn register<H, T, E>(
    _cx: Sleepable<'_>,
    handle: H,
    priority: Priority,
    handler: impl PinInit<T, E>,
) -> impl PinInit<Registration<H, T>, Error>
where
    H: ChainRef,
    H::Chain: Accepts<T, Kind = Blocking>,
    Error: From<E>,
{
    Registration::on(handle, priority, handler)
}

/// Registers `handler` on the blocking chain of `handle`, if nobody there has `priority`:
/// `blocking_notifier_chain_register_unique_prio()`.
///
/// # Errors
///
/// Those of `handler`, and `EBUSY` if somebody has that priority.
///
/// # Examples
///
/// ```
/// use kernel::prelude::*;
/// use notifier_chain::{
///     blocking,
///     context::Sleepable,
///     new_blocking_chain,
///     Outcome,
///     Priority, //
/// };
///
/// struct Leader;
///
/// impl blocking::Handler<u32> for Leader {
///     fn notify(&self, _event: &u32, _cx: blocking::Context<'_>) -> Outcome {
///         Outcome::Ok
///     }
/// }
///
/// let cx = Sleepable::might_sleep();
/// let chain = KBox::pin_init(new_blocking_chain!(), GFP_KERNEL)?;
/// let first = blocking::register_unique_prio(cx, &*chain, Priority::FIRST, Leader);
/// let _first = KBox::pin_init(first, GFP_KERNEL)?;
///
/// let second = blocking::register_unique_prio(cx, &*chain, Priority::FIRST, Leader);
/// assert_eq!(KBox::pin_init(second, GFP_KERNEL).err(), Some(EBUSY));
/// # Ok::<(), Error>(())
/// ```
pub fn register_unique_prio<H, T, E>(
    _cx: Sleepable<'_>,
    handle: H,
    priority: Priority,
    handler: impl PinInit<T, E>,
) -> impl PinInit<Registration<H, T>, Error>
where
    H: ChainRef,
    H::Chain: AcceptsUnique<T, Kind = Blocking>,
    Error: From<E>,
{
    Registration::on_unique_prio(handle, priority, handler)
}

/// A blocking chain of a driver's own, that tells events `E`.
///
/// Made by [`new_blocking_chain!`](crate::new_blocking_chain).
///
/// # Examples
///
/// A chain that whoever registers on it keeps alive:
///
/// ```
/// use kernel::{
///     prelude::*,
///     sync::Arc, //
/// };
/// use notifier_chain::{
///     blocking,
///     new_blocking_chain, //
/// };
///
/// let chain = Arc::pin_init(new_blocking_chain!(), GFP_KERNEL)?;
/// let shared: Arc<blocking::Chain<u32>> = chain.clone();
/// drop(chain);
/// assert!(shared.is_empty());
/// # Ok::<(), Error>(())
/// ```
pub type Chain<E> = chain::Chain<E, Blocking>;

/// The blocking kind: `struct blocking_notifier_head`.
///
/// # Examples
///
/// It names the kind where a function takes chains of one kind only:
///
/// ```
/// use kernel::prelude::*;
/// use notifier_chain::{
///     blocking::Blocking,
///     new_blocking_chain,
///     Chain, //
/// };
///
/// fn is_idle<E>(chain: &Chain<E, Blocking>) -> bool {
///     chain.is_empty()
/// }
///
/// let chain = KBox::pin_init(new_blocking_chain!(), GFP_KERNEL)?;
/// assert!(is_idle::<u32>(&chain));
/// # Ok::<(), Error>(())
/// ```
pub enum Blocking {}

// SAFETY: This is where the first notifier is. There is nothing to clean up.
unsafe impl Kind for Blocking {
    type Head = blocking_notifier_head;

    #[inline]
    unsafe fn first(head: *mut blocking_notifier_head) -> *const *mut notifier_block {
        // SAFETY: By the safety requirements, `head` is valid.
        unsafe { &raw const (*head).head }
    }
}

// SAFETY: Blocks are called, registered and unregistered under a semaphore that keeps these apart.
unsafe impl SelfLocked for Blocking {
    #[inline]
    unsafe fn link(head: *mut blocking_notifier_head, block: *mut notifier_block) -> c_int {
        // SAFETY: By the safety requirements, both are valid, and stay so.
        unsafe { bindings::blocking_notifier_chain_register(head, block) }
    }

    #[inline]
    unsafe fn unlink(head: *mut blocking_notifier_head, block: *mut notifier_block) -> c_int {
        // SAFETY: By the safety requirements, both are valid and belong together.
        unsafe { bindings::blocking_notifier_chain_unregister(head, block) }
    }
}

// SAFETY: As above.
unsafe impl UniquePrio for Blocking {
    #[inline]
    unsafe fn link_unique_prio(
        head: *mut blocking_notifier_head,
        block: *mut notifier_block,
    ) -> c_int {
        // SAFETY: By the safety requirements, both are valid, and stay so.
        unsafe { bindings::blocking_notifier_chain_register_unique_prio(head, block) }
    }
}

// SAFETY: All that the kind demands are supertraits of `Handler`.
unsafe impl<E: ?Sized + Detached, T: Handler<E>> Notify<E, Blocking> for T {
    const CLASS: Class = Class::Process;

    #[inline]
    fn notify_in_callback(&self, event: &E) -> Outcome {
        self.notify(event, Context::in_callback())
    }
}

// Calling a chain waits for its semaphore.
impl !NmiSafe for Blocking {}

/// Creates a [`blocking::Chain`](crate::blocking::Chain) initialiser with the given name and a
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
///     blocking,
///     new_blocking_chain, //
/// };
///
/// // The name is that of its lock in what lockdep reports.
/// let chain = KBox::pin_init(new_blocking_chain!("docking"), GFP_KERNEL)?;
/// let chain: &blocking::Chain<bool> = &chain;
/// assert!(chain.is_empty());
/// # Ok::<(), Error>(())
/// ```
#[macro_export]
macro_rules! new_blocking_chain {
    ($($name:literal)?) => {
        $crate::blocking::Chain::new(
            ::kernel::optional_name!($($name)?),
            ::kernel::static_lock_class!(),
        )
    };
}

impl<E: ?Sized> Chain<E> {
    /// Creates an empty chain: `BLOCKING_INIT_NOTIFIER_HEAD()`.
    ///
    /// See [`new_blocking_chain!`](crate::new_blocking_chain).
    pub fn new(name: &'static CStr, key: Pin<&'static LockClassKey>) -> impl PinInit<Self> {
        Self::with(move |head| {
            // SAFETY: `head` is valid for writes. The name and the key are static.
            unsafe {
                bindings::__init_rwsem(&raw mut (*head).rwsem, name.as_char_ptr(), key.as_ptr());
                (&raw mut (*head).head).write(core::ptr::null_mut());
            }
            Ok(())
        })
    }

    /// Tells `event` to all handlers until one stops the chain: `blocking_notifier_call_chain()`.
    ///
    /// # Examples
    ///
    /// ```
    /// use kernel::prelude::*;
    /// use notifier_chain::{
    ///     blocking,
    ///     context::Sleepable,
    ///     new_blocking_chain,
    ///     Outcome,
    ///     Priority, //
    /// };
    ///
    /// struct Veto;
    ///
    /// impl blocking::Handler<str> for Veto {
    ///     fn notify(&self, _event: &str, _cx: blocking::Context<'_>) -> Outcome {
    ///         Outcome::Bad
    ///     }
    /// }
    ///
    /// let cx = Sleepable::might_sleep();
    /// let chain = KBox::pin_init(new_blocking_chain!(), GFP_KERNEL)?;
    /// let veto = blocking::register(cx, &*chain, Priority::DEFAULT, Veto);
    /// let _veto = KBox::pin_init(veto, GFP_KERNEL)?;
    ///
    /// assert_eq!(chain.call(cx, "suspend").to_result(), Err(EPERM));
    /// # Ok::<(), Error>(())
    /// ```
    #[inline]
    pub fn call(&self, _cx: Sleepable<'_>, event: &E) -> Verdict {
        Call::tell(event, |event, call| {
            // SAFETY: By the type invariants, the head is initialised and wants just that. The
            // token proves that this may sleep.
            unsafe { bindings::blocking_notifier_call_chain(self.as_ptr(), event, call) }
        })
    }

    /// Tells `up` to all handlers until one stops the chain, and then `down` to those before it:
    /// `blocking_notifier_call_chain_robust()`.
    ///
    /// What those answer to `down` is ignored, except that one who stops that walk keeps the rest
    /// from hearing it. The verdict is that on `up`. It may not tell who stopped the chain if
    /// `up` and `down` are at the same address.
    #[inline]
    pub fn call_robust(&self, _cx: Sleepable<'_>, up: &E, down: &E) -> Verdict {
        Call::tell_robust(up, down, |up, down, call| {
            // SAFETY: As above.
            unsafe { bindings::blocking_notifier_call_chain_robust(self.as_ptr(), up, down, call) }
        })
    }
}
