// SPDX-License-Identifier: GPL-2.0

//! SRCU chains: callbacks in process context, which may sleep, on a chain that is often called.
//!
//! The caller of an SRCU chain is a reader in the sense of sleepable RCU: it waits for nobody, and
//! costs little more than on an atomic chain. Whoever registers takes a mutex, and whoever
//! unregisters also waits for all callers that are under way, which takes long. Choose it over a
//! [`blocking`](crate::blocking) chain if it is called often and rarely changed.
//!
//! A handler may call other SRCU chains, and its own: that is one more walk.
//!
//! C header: [`include/linux/notifier.h`](srctree/include/linux/notifier.h)
//!
//! # Examples
//!
//! ```
//! use kernel::{
//!     new_mutex,
//!     prelude::*,
//!     sync::Mutex, //
//! };
//! use notifier_chain::{
//!     context::Sleepable,
//!     new_srcu_chain,
//!     srcu,
//!     Outcome,
//!     Priority, //
//! };
//!
//! #[pin_data]
//! struct Total {
//!     #[pin]
//!     bytes: Mutex<u64>,
//! }
//!
//! impl srcu::Handler<u64> for Total {
//!     fn notify(&self, event: &u64, _cx: srcu::Context<'_>) -> Outcome {
//!         *self.bytes.lock() += *event;
//!         Outcome::Ok
//!     }
//! }
//!
//! let cx = Sleepable::might_sleep();
//! let chain = KBox::pin_init(new_srcu_chain!(), GFP_KERNEL)?;
//! let total = KBox::pin_init(
//!     srcu::register(
//!         cx,
//!         &*chain,
//!         Priority::DEFAULT,
//!         pin_init!(Total { bytes <- new_mutex!(0) }),
//!     ),
//!     GFP_KERNEL,
//! )?;
//!
//! chain.call(cx, &512);
//! chain.call(cx, &1024);
//! assert_eq!(*total.handler().bytes.lock(), 1536);
//! # Ok::<(), Error>(())
//! ```

use kernel::{
    bindings::{
        self,
        notifier_block, //
        srcu_notifier_head,
    },
    error::to_result,
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
        SelfLocked, //
    },
    context::{
        self,
        AtomicSafe,
        Detached,
        NmiSafe,
        Sleepable, //
    },
    Accepts,
    ChainRef,
    Outcome,
    Priority,
    Registration,
    Verdict, //
};

/// What a callback on an SRCU chain may do.
///
/// # Examples
///
/// A handler may sleep, and hands on the proof to what asks for one:
///
/// ```
/// use kernel::prelude::*;
/// use notifier_chain::{
///     srcu,
///     Outcome, //
/// };
///
/// /// Allocates, and so may sleep.
/// fn note(_cx: srcu::Context<'_>, event: u32) -> Result {
///     let _entry = KBox::new(event, GFP_KERNEL)?;
///     Ok(())
/// }
///
/// struct Journal;
///
/// impl srcu::Handler<u32> for Journal {
///     fn notify(&self, event: &u32, cx: srcu::Context<'_>) -> Outcome {
///         Outcome::from(note(cx, *event))
///     }
/// }
/// ```
pub type Context<'cx> = context::Sleepable<'cx>;

/// A handler of events `E` on an SRCU chain.
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
///     srcu,
///     Outcome, //
/// };
///
/// #[pin_data]
/// struct Journal {
///     #[pin]
///     entries: Mutex<KVec<u32>>,
/// }
///
/// impl srcu::Handler<u32> for Journal {
///     fn notify(&self, event: &u32, _cx: srcu::Context<'_>) -> Outcome {
///         Outcome::from(self.entries.lock().push(*event, GFP_KERNEL).map_err(Error::from))
///     }
/// }
/// ```
pub trait Handler<E: ?Sized + Detached>: Detached + Send + Sync + 'static {
    /// Answers to `event`. May sleep; whoever called the chain waits for it.
    fn notify(&self, event: &E, cx: Context<'_>) -> Outcome;
}

/// Registers `handler` on the SRCU chain of `handle`: `srcu_notifier_chain_register()`.
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
///     context::Sleepable,
///     new_srcu_chain,
///     srcu,
///     Outcome,
///     Priority, //
/// };
///
/// struct Battery;
///
/// impl srcu::Handler<u32> for Battery {
///     fn notify(&self, percent: &u32, _cx: srcu::Context<'_>) -> Outcome {
///         if *percent < 5 {
///             Outcome::Stop
///         } else {
///             Outcome::Ok
///         }
///     }
/// }
///
/// let cx = Sleepable::might_sleep();
/// let chain = Arc::pin_init(new_srcu_chain!(), GFP_KERNEL)?;
/// let battery = srcu::register(cx, chain.clone(), Priority::new(10), Battery);
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
    H::Chain: Accepts<T, Kind = Srcu>,
    Error: From<E>,
{
    Registration::on(handle, priority, handler)
}

/// An SRCU chain of a driver's own, that tells events `E`.
///
/// Made by [`new_srcu_chain!`](crate::new_srcu_chain). Dropping it waits for an SRCU grace period,
/// and for ever if a task has died in a handler.
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
///     new_srcu_chain,
///     srcu, //
/// };
///
/// let chain = Arc::pin_init(new_srcu_chain!(), GFP_KERNEL)?;
/// let shared: Arc<srcu::Chain<u32>> = chain.clone();
/// drop(chain);
/// assert!(shared.is_empty());
/// # Ok::<(), Error>(())
/// ```
pub type Chain<E> = chain::Chain<E, Srcu>;

/// The SRCU kind: `struct srcu_notifier_head`.
///
/// # Examples
///
/// It names the kind where a function takes chains of one kind only:
///
/// ```
/// use kernel::prelude::*;
/// use notifier_chain::{
///     new_srcu_chain,
///     srcu::Srcu,
///     Chain, //
/// };
///
/// fn is_idle<E>(chain: &Chain<E, Srcu>) -> bool {
///     chain.is_empty()
/// }
///
/// let chain = KBox::pin_init(new_srcu_chain!(), GFP_KERNEL)?;
/// assert!(is_idle::<u32>(&chain));
/// # Ok::<(), Error>(())
/// ```
pub enum Srcu {}

// SAFETY: This is where the first notifier is, and this is what `srcu_cleanup_notifier_head()`
// does.
unsafe impl Kind for Srcu {
    type Head = srcu_notifier_head;

    #[inline]
    unsafe fn first(head: *mut srcu_notifier_head) -> *const *mut notifier_block {
        // SAFETY: By the safety requirements, `head` is valid.
        unsafe { &raw const (*head).head }
    }

    unsafe fn clean_up(head: *mut srcu_notifier_head) {
        // SAFETY: By the safety requirements, the head is initialised, and nobody uses it any more.
        //
        // A task that died in a callback stays a reader for ever. `cleanup_srcu_struct()` would
        // return early then, and the memory would be freed under that reader. Wait for it.
        // `kernel::sync::Srcu` asks first whether there are readers, and warns: in 7.2, modules
        // cannot ask.
        unsafe {
            let srcu = &raw mut (*head).srcu;
            bindings::synchronize_srcu(srcu);
            bindings::srcu_barrier(srcu);
            bindings::cleanup_srcu_struct(srcu);
        }
    }
}

// SAFETY: Blocks are called by SRCU readers, from when they are registered on, and the unregister
// function waits for all of them.
unsafe impl SelfLocked for Srcu {
    #[inline]
    unsafe fn link(head: *mut srcu_notifier_head, block: *mut notifier_block) -> c_int {
        // SAFETY: By the safety requirements, both are valid, and stay so.
        unsafe { bindings::srcu_notifier_chain_register(head, block) }
    }

    #[inline]
    unsafe fn unlink(head: *mut srcu_notifier_head, block: *mut notifier_block) -> c_int {
        // SAFETY: By the safety requirements, both are valid and belong together.
        unsafe { bindings::srcu_notifier_chain_unregister(head, block) }
    }
}

// SAFETY: All that the kind demands are supertraits of `Handler`.
unsafe impl<E: ?Sized + Detached, T: Handler<E>> Notify<E, Srcu> for T {
    const CLASS: Class = Class::Process;

    #[inline]
    fn notify_in_callback(&self, event: &E) -> Outcome {
        self.notify(event, Context::in_callback())
    }
}

// Dropping a chain waits for its readers.
impl !AtomicSafe for Srcu {}
impl !NmiSafe for Srcu {}

/// Creates an [`srcu::Chain`](crate::srcu::Chain) initialiser with the given name and
/// newly-created lock classes.
///
/// It uses the name if one is given, otherwise it generates one based on the file name and line
/// number.
///
/// # Examples
///
/// ```
/// use kernel::prelude::*;
/// use notifier_chain::{
///     new_srcu_chain,
///     srcu, //
/// };
///
/// // The name is that of its lock in what lockdep reports.
/// let chain = KBox::pin_init(new_srcu_chain!("docking"), GFP_KERNEL)?;
/// let chain: &srcu::Chain<bool> = &chain;
/// assert!(chain.is_empty());
/// # Ok::<(), Error>(())
/// ```
#[macro_export]
macro_rules! new_srcu_chain {
    ($($name:literal)?) => {
        $crate::srcu::Chain::new(
            ::kernel::optional_name!($($name)?),
            ::kernel::static_lock_class!(),
            ::kernel::static_lock_class!(),
        )
    };
}

impl<E: ?Sized> Chain<E> {
    /// Creates an empty chain: `srcu_init_notifier_head()`, but with an error instead of a crash
    /// when there is no memory.
    ///
    /// See [`new_srcu_chain!`](crate::new_srcu_chain).
    ///
    /// # Errors
    ///
    /// `ENOMEM`.
    pub fn new(
        name: &'static CStr,
        mutex_key: Pin<&'static LockClassKey>,
        srcu_key: Pin<&'static LockClassKey>,
    ) -> impl PinInit<Self, Error> {
        Self::with(move |head| {
            // SAFETY: `head` is valid for writes. The name and the keys are static.
            unsafe {
                bindings::__mutex_init(
                    &raw mut (*head).mutex,
                    name.as_char_ptr(),
                    mutex_key.as_ptr(),
                );
                (&raw mut (*head).head).write(core::ptr::null_mut());
                to_result(crate::bindings::notifier_chain_init_srcu(
                    &raw mut (*head).srcu,
                    name.as_char_ptr(),
                    srcu_key.as_ptr(),
                ))
            }
        })
    }

    /// Tells `event` to all handlers until one stops the chain: `srcu_notifier_call_chain()`.
    ///
    /// # Examples
    ///
    /// ```
    /// use kernel::prelude::*;
    /// use notifier_chain::{
    ///     context::Sleepable,
    ///     new_srcu_chain,
    ///     srcu,
    ///     Outcome,
    ///     Priority, //
    /// };
    ///
    /// struct Veto;
    ///
    /// impl srcu::Handler<str> for Veto {
    ///     fn notify(&self, _event: &str, _cx: srcu::Context<'_>) -> Outcome {
    ///         Outcome::Bad
    ///     }
    /// }
    ///
    /// let cx = Sleepable::might_sleep();
    /// let chain = KBox::pin_init(new_srcu_chain!(), GFP_KERNEL)?;
    /// let veto = srcu::register(cx, &*chain, Priority::DEFAULT, Veto);
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
            unsafe { bindings::srcu_notifier_call_chain(self.as_ptr(), event, call) }
        })
    }
}
