// SPDX-License-Identifier: GPL-2.0

//! A driver's own chain, of whatever kind.

use core::marker::PhantomData;

use kernel::{
    bindings::notifier_block,
    error::to_result,
    prelude::*,
    types::Opaque, //
};

use crate::{
    block::Class,
    call::{
        self,
        Call, //
    },
    Accepts,
    AcceptsUnique,
    Outcome, //
};

/// A kind of chain: [`Atomic`], [`Blocking`], [`Srcu`] or [`Raw`].
///
/// [`Atomic`]: crate::atomic::Atomic
/// [`Blocking`]: crate::blocking::Blocking
/// [`Srcu`]: crate::srcu::Srcu
/// [`Raw`]: crate::raw::Raw
///
/// # Safety
///
/// [`first()`](Self::first) and [`clean_up()`](Self::clean_up) must do what they say.
pub unsafe trait Kind {
    /// The C structure.
    type Head;

    /// Returns the address of the pointer to the first notifier.
    ///
    /// # Safety
    ///
    /// `head` must point to an initialised head.
    unsafe fn first(head: *mut Self::Head) -> *const *mut notifier_block;

    /// Takes back what the initialisation did.
    ///
    /// # Safety
    ///
    /// `head` must point to an initialised head, on which nobody is registered, and which is not
    /// used any more.
    #[inline]
    unsafe fn clean_up(_head: *mut Self::Head) {}
}

/// A kind that keeps by itself apart who calls, who registers and who unregisters.
///
/// # Safety
///
/// - From the call of [`link()`](Self::link) until that has failed or [`unlink()`](Self::unlink)
///   has returned, a chain of this kind may call the block, and at no other time.
#[diagnostic::on_unimplemented(
    message = "a chain of kind `{Self}` has no lock of its own",
    note = "put it into a `Mutex` or a `SpinLock`, or use `raw::Unshared`"
)]
pub unsafe trait SelfLocked: Kind {
    /// Registers `block`.
    ///
    /// # Safety
    ///
    /// - `head` must point to an initialised head, which outlives the registration.
    /// - As for [`Accepts::register()`].
    unsafe fn link(head: *mut Self::Head, block: *mut notifier_block) -> c_int;

    /// Unregisters `block`.
    ///
    /// # Safety
    ///
    /// - `head` must be what `block` was registered with.
    /// - As for [`Accepts::unregister()`].
    unsafe fn unlink(head: *mut Self::Head, block: *mut notifier_block) -> c_int;
}

/// A kind that can keep notifiers of equal priority apart.
///
/// # Safety
///
/// As for [`SelfLocked`].
pub unsafe trait UniquePrio: SelfLocked {
    /// Registers `block`, unless another one has its priority.
    ///
    /// # Safety
    ///
    /// As for [`SelfLocked::link()`].
    unsafe fn link_unique_prio(head: *mut Self::Head, block: *mut notifier_block) -> c_int;
}

/// Handlers of events `E` on chains of kind `K`: what implements the `Handler` of that kind.
///
/// # Safety
///
/// Implementers must be what the kind demands of a handler, and be callable wherever it calls them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a handler of `{E}` on a chain of kind `{K}`"
)]
pub unsafe trait Notify<E: ?Sized, K> {
    /// What the code of a handler is held to.
    #[doc(hidden)]
    const CLASS: Class;

    /// Calls the handler's `notify()`, with the context of the kind.
    #[doc(hidden)]
    fn notify_in_callback(&self, event: &E) -> Outcome;
}

/// A chain of a driver's own, that tells events `E`.
///
/// Each kind has its own alias of this type, with what that kind can do: [`atomic::Chain`],
/// [`blocking::Chain`], [`srcu::Chain`], [`raw::Chain`].
///
/// A chain is pinned, and can be placed in a struct or in an [`Arc`]. A registration borrows it, or
/// shares it, and so keeps it from going. For a chain that is a field of something in an [`Arc`],
/// put the chain into an [`Arc`] of its own; for one in a static, put that into a
/// [`SetOnce`](kernel::sync::SetOnce).
///
/// `E` may be any type; handlers are given a reference to what the caller of the chain has.
///
/// [`atomic::Chain`]: crate::atomic::Chain
/// [`blocking::Chain`]: crate::blocking::Chain
/// [`srcu::Chain`]: crate::srcu::Chain
/// [`raw::Chain`]: crate::raw::Chain
/// [`Arc`]: kernel::sync::Arc
///
/// # Invariants
///
/// `head` is initialised. Its notifiers are called with an action that stands for an event of type
/// `E`, and with a `Call` or null as data.
///
/// # Examples
///
/// An event that borrows, told to whoever has registered:
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
/// struct Packet<'a> {
///     payload: &'a [u8],
/// }
///
/// struct Filter;
///
/// impl blocking::Handler<Packet<'_>> for Filter {
///     fn notify(&self, event: &Packet<'_>, _cx: blocking::Context<'_>) -> Outcome {
///         if event.payload.is_empty() {
///             Outcome::Refuse(EINVAL)
///         } else {
///             Outcome::Ok
///         }
///     }
/// }
///
/// let cx = Sleepable::might_sleep();
/// let chain = KBox::pin_init(new_blocking_chain!(), GFP_KERNEL)?;
/// let filter = blocking::register(cx, &*chain, Priority::DEFAULT, Filter);
/// let _filter = KBox::pin_init(filter, GFP_KERNEL)?;
///
/// let verdict = chain.call(cx, &Packet { payload: b"" });
/// assert_eq!(verdict.to_result(), Err(EINVAL));
/// # Ok::<(), Error>(())
/// ```
#[pin_data(PinnedDrop)]
#[repr(transparent)]
pub struct Chain<E: ?Sized, K: Kind> {
    #[pin]
    head: Opaque<K::Head>,
    // Invariant in `E`: a chain takes events in, and gives them out.
    _event: PhantomData<fn(&E) -> &E>,
    // What a kind is not, such as `AtomicSafe`, its chains are not either.
    _kind: PhantomData<K>,
}

// SAFETY: A chain has no event in it, and all handlers are `Send` and `Sync`.
unsafe impl<E: ?Sized, K: Kind> Send for Chain<E, K> {}

// SAFETY: With a `&Chain`, it can only be called, and registered on unless it is a raw one. The C
// functions for that may be called from everywhere at the same time.
unsafe impl<E: ?Sized, K: Kind> Sync for Chain<E, K> {}

impl<E: ?Sized, K: Kind> Chain<E, K> {
    /// Creates a chain whose head is initialised by `init`.
    pub(crate) fn with<Err>(
        init: impl FnOnce(*mut K::Head) -> Result<(), Err>,
    ) -> impl PinInit<Self, Err> {
        // INVARIANT: The head is initialised here. Whoever gets at it by `head()` promises to call
        // it as is said.
        pin_init!(Self {
            head <- Opaque::try_ffi_init(init),
            _event: PhantomData,
            _kind: PhantomData,
        }? Err)
    }

    /// Returns whether nobody is registered. That may have changed by the time when it is known.
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
    /// struct Listener;
    ///
    /// impl atomic::Handler<u32> for Listener {
    ///     fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
    ///         Outcome::Ok
    ///     }
    /// }
    ///
    /// let chain = KBox::pin_init(new_atomic_chain!(), GFP_KERNEL)?;
    /// assert!(chain.is_empty());
    ///
    /// let listener = atomic::register(&*chain, Priority::DEFAULT, Listener);
    /// let listener = KBox::pin_init(listener, GFP_KERNEL)?;
    /// assert!(!chain.is_empty());
    ///
    /// drop(listener);
    /// assert!(chain.is_empty());
    /// # Ok::<(), Error>(())
    /// ```
    #[inline]
    pub fn is_empty(&self) -> bool {
        // SAFETY: By the type invariants, the head is initialised. As `rcu_access_pointer()` does,
        // this reads the pointer once, and does not follow it.
        unsafe { K::first(self.head.get()).read_volatile() }.is_null()
    }

    /// Returns the head that C knows, for code in C that shares the chain.
    ///
    /// # Safety
    ///
    /// - A notifier that C registers must be unregistered before the chain goes, and before the
    ///   module that it belongs to is unloaded.
    /// - `E` must be [`Sized`] if C registers on the chain or calls it.
    /// - Its action is the address of the event, `(const struct event *)action`, which it may read
    ///   as long as the call lasts. What its data points to is none of its business.
    /// - C that calls the chain must pass as action the address of an event of type `E` that may be
    ///   used as `&E` until the call returns: not null, aligned, initialised, and written by nobody
    ///   meanwhile but through what `E` has of cells. As data, it must pass NULL.
    /// - Another module in Rust that calls the chain must have been built with this version of the
    ///   crate.
    /// - A raw chain must be used only as the borrow of `self` allows.
    ///
    /// # Examples
    ///
    /// What C would be given, by a function that takes `struct atomic_notifier_head *`:
    ///
    /// ```
    /// use kernel::prelude::*;
    /// use notifier_chain::{
    ///     atomic,
    ///     new_atomic_chain, //
    /// };
    ///
    /// let chain = KBox::pin_init(new_atomic_chain!(), GFP_KERNEL)?;
    /// let chain: &atomic::Chain<u32> = &chain;
    ///
    /// // SAFETY: Nothing is done with it.
    /// let head = unsafe { chain.head() };
    /// assert!(!head.is_null());
    /// # Ok::<(), Error>(())
    /// ```
    #[inline]
    pub unsafe fn head(&self) -> *mut K::Head {
        self.head.get()
    }

    /// Creates a chain from a head that C has, for handlers in Rust on a chain of C.
    ///
    /// # Safety
    ///
    /// - `head` must point to an initialised head, which must live and stay in its place for `'a`.
    /// - Until all registrations that were made on it are gone, whoever calls it or registers on it
    ///   must keep to the rules of [`head()`](Self::head).
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
    /// struct Listener;
    ///
    /// impl atomic::Handler<u32> for Listener {
    ///     fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
    ///         Outcome::Ok
    ///     }
    /// }
    ///
    /// let owner = KBox::pin_init(new_atomic_chain!(), GFP_KERNEL)?;
    /// let owner: &atomic::Chain<u32> = &owner;
    /// // SAFETY: It is given to `from_raw()` alone.
    /// let head = unsafe { owner.head() };
    ///
    /// // SAFETY: The head is that of a chain for the same events, which outlives `chain`.
    /// let chain = unsafe { atomic::Chain::<u32>::from_raw(head) };
    /// let listener = atomic::register(chain, Priority::DEFAULT, Listener);
    /// let _listener = KBox::pin_init(listener, GFP_KERNEL)?;
    /// assert_eq!(owner.call(&1).last(), Outcome::Ok);
    /// # Ok::<(), Error>(())
    /// ```
    #[inline]
    pub unsafe fn from_raw<'a>(head: *mut K::Head) -> &'a Self {
        // SAFETY: By the safety requirements, the type invariants hold, and a `Chain` is a head and
        // nothing else.
        unsafe { &*head.cast() }
    }

    /// Returns the head, for the calls in this crate, which keep to the rules.
    #[inline]
    pub(crate) fn as_ptr(&self) -> *mut K::Head {
        self.head.get()
    }
}

// SAFETY: The kind calls a block only while it is registered. By the type invariants, it passes an
// event of type `E`. `T` is what the kind demands of its handlers.
unsafe impl<E: ?Sized, K: SelfLocked, T: Notify<E, K>> Accepts<T> for Chain<E, K> {
    type Kind = K;

    const CLASS: Class = T::CLASS;

    unsafe fn register(&self, block: *mut notifier_block) -> Result {
        // SAFETY: By the type invariants, the head is initialised. The rest is passed on.
        to_result(unsafe { K::link(self.as_ptr(), block) })
    }

    unsafe fn unregister(&self, block: *mut notifier_block) {
        // SAFETY: `register()` used this head. The rest is passed on. The only error is `-ENOENT`,
        // for a block that is not on the chain; this one is.
        unsafe { K::unlink(self.as_ptr(), block) };
    }

    #[inline]
    unsafe fn notify(handler: &T, action: c_ulong, _data: *mut c_void) -> Outcome {
        // SAFETY: By the type invariants, `action` stands for an event during this callback.
        handler.notify_in_callback(unsafe { call::event(action) })
    }

    #[inline]
    unsafe fn stopped(priority: c_int, action: c_ulong, data: *mut c_void) {
        // SAFETY: By the type invariants, `data` is null or a `Call` that is under way meanwhile.
        unsafe { Call::note_stop(priority, action, data) };
    }
}

// SAFETY: As for `Accepts`.
unsafe impl<E: ?Sized, K: UniquePrio, T: Notify<E, K>> AcceptsUnique<T> for Chain<E, K> {
    unsafe fn register_unique_prio(&self, block: *mut notifier_block) -> Result {
        // SAFETY: As for `register()`.
        to_result(unsafe { K::link_unique_prio(self.as_ptr(), block) })
    }
}

#[pinned_drop]
impl<E: ?Sized, K: Kind> PinnedDrop for Chain<E, K> {
    fn drop(self: Pin<&mut Self>) {
        // SAFETY: By the type invariants, the head is initialised. Registrations have kept the
        // chain until they were dropped; one that was leaked lives on, but is never called again.
        unsafe { K::clean_up(self.head.get()) };
    }
}
