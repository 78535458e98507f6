// SPDX-License-Identifier: GPL-2.0

//! A notifier's time on a chain, as a value.

use kernel::{
    bindings,
    prelude::*,
    sync::Arc, //
};

use crate::{
    block::{
        Block,
        Class, //
    },
    Outcome,
    Priority, //
};

/// A chain on which handlers of type `T` can be registered.
///
/// The chains of this crate implement it for the handlers that keep their rules.
///
/// # Safety
///
/// Implementers must ensure that
///
/// - from the call of [`register`](Self::register) until that has failed or
///   [`unregister`](Self::unregister) has returned, the chain calls the block only with an `action`
///   and `data` that fulfil the safety requirements of [`notify`](Self::notify), and calls or
///   touches it at no other time,
/// - the handler may be called wherever the chain calls it: from other CPUs at the same time, hence
///   `T` is [`Sync`]; in another context than the one that drops it, hence `T` is [`Send`]; and
///   whatever else the context forbids, `T` does not do.
///
/// # Examples
///
/// It says what a function needs that registers on any chain which takes its handler:
///
/// ```
/// use kernel::{
///     prelude::*,
///     sync::Arc, //
/// };
/// use notifier_chain::{
///     atomic::{
///         self,
///         Atomic, //
///     },
///     new_atomic_chain,
///     Accepts,
///     Outcome,
///     Priority,
///     Registration, //
/// };
///
/// struct Light;
///
/// impl atomic::Handler<u32> for Light {
///     fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
///         Outcome::Ok
///     }
/// }
///
/// fn attach<C>(chain: Arc<C>) -> impl PinInit<Registration<Arc<C>, Light>, Error>
/// where
///     C: Accepts<Light, Kind = Atomic>,
/// {
///     atomic::register(chain, Priority::DEFAULT, Light)
/// }
///
/// let chain: Arc<atomic::Chain<u32>> = Arc::pin_init(new_atomic_chain!(), GFP_KERNEL)?;
/// let _light = KBox::pin_init(attach(chain.clone()), GFP_KERNEL)?;
/// assert!(!chain.is_empty());
/// # Ok::<(), Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "a `{T}` cannot be registered on the chain `{Self}`",
    label = "not a handler of this chain"
)]
pub unsafe trait Accepts<T> {
    /// The kind of the chain, such as [`Atomic`](crate::atomic::Atomic).
    type Kind;

    /// What the code of a handler on the chain is held to.
    #[doc(hidden)]
    const CLASS: Class;

    /// Puts `block` on the chain.
    ///
    /// # Errors
    ///
    /// Those of the chain's C function. The block is then not on the chain.
    ///
    /// # Safety
    ///
    /// `block` must be initialised, on no chain, and stay valid and in its place until
    /// [`unregister`](Self::unregister) has returned.
    unsafe fn register(&self, block: *mut bindings::notifier_block) -> Result;

    /// Takes `block` off the chain, and returns when none of its callbacks can run any more.
    ///
    /// # Safety
    ///
    /// `block` must be on this chain, or have been left out of it where the chain can do that, as
    /// [`chains::panic`](crate::chains::panic) can. The caller must not be one of its callbacks.
    unsafe fn unregister(&self, block: *mut bindings::notifier_block);

    /// Calls `handler` with the event that `action` and `data` stand for.
    ///
    /// # Safety
    ///
    /// `action` and `data` must be what this chain passes to its notifiers, and all must hold that
    /// holds when it calls them.
    unsafe fn notify(handler: &T, action: c_ulong, data: *mut c_void) -> Outcome;

    /// Takes note of the priority of a notifier that stops the chain.
    ///
    /// # Safety
    ///
    /// As for [`notify()`](Self::notify).
    #[inline]
    unsafe fn stopped(_priority: c_int, _action: c_ulong, _data: *mut c_void) {}
}

/// A chain that can keep notifiers of equal priority apart.
///
/// # Safety
///
/// As for [`Accepts`].
///
/// # Examples
///
/// Blocking chains can, and SRCU chains cannot:
///
/// ```
/// use notifier_chain::{
///     blocking,
///     AcceptsUnique,
///     Outcome, //
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
/// fn has_unique_priorities<T, C: AcceptsUnique<T>>() {}
///
/// has_unique_priorities::<Leader, blocking::Chain<u32>>();
/// ```
pub unsafe trait AcceptsUnique<T>: Accepts<T> {
    /// Puts `block` on the chain, unless another one has its priority.
    ///
    /// # Errors
    ///
    /// `EBUSY` if another one has. The block is then not on the chain.
    ///
    /// # Safety
    ///
    /// As for [`Accepts::register()`].
    unsafe fn register_unique_prio(&self, block: *mut bindings::notifier_block) -> Result;
}

/// A way to hold on to a chain.
///
/// # Safety
///
/// As long as a handle lives, wherever it is moved, [`get()`](Self::get) must return the same
/// chain, which must not move.
///
/// # Examples
///
/// A registration either borrows its chain or shares it:
///
/// ```
/// use kernel::{
///     prelude::*,
///     sync::Arc, //
/// };
/// use notifier_chain::{
///     atomic,
///     new_atomic_chain,
///     ChainRef, //
/// };
///
/// fn is_idle<E>(handle: impl ChainRef<Chain = atomic::Chain<E>>) -> bool {
///     handle.get().is_empty()
/// }
///
/// let chain: Arc<atomic::Chain<u32>> = Arc::pin_init(new_atomic_chain!(), GFP_KERNEL)?;
/// assert!(is_idle(&*chain));
/// assert!(is_idle(chain));
/// # Ok::<(), Error>(())
/// ```
pub unsafe trait ChainRef {
    /// What it holds on to.
    type Chain;

    /// Returns the chain.
    fn get(&self) -> &Self::Chain;
}

// SAFETY: What is borrowed does not move, and outlives the borrow.
unsafe impl<C> ChainRef for &C {
    type Chain = C;

    #[inline]
    fn get(&self) -> &C {
        self
    }
}

// SAFETY: What is in an `Arc` does not move, and lives as long as the `Arc`.
unsafe impl<C> ChainRef for Arc<C> {
    type Chain = C;

    #[inline]
    fn get(&self) -> &C {
        self
    }
}

/// A handler's time on a chain: registered when this is initialised, unregistered when it is
/// dropped.
///
/// Each chain has a `register()` function that makes one, as [`panic::register()`] is. A
/// registration is pinned and holds its handler, so that it can sit in a module's own struct:
/// registering allocates nothing.
///
/// Dropping it may sleep, unless it is on a raw chain, and waits for callbacks that are running.
/// The handler is dropped only when no callback can run any more. A handler cannot own a
/// registration, since it would wait for itself: registrations are not [`Detached`]. Nor must it
/// drop one that it gets at in another way, from a static or through its event. That would be to
/// sleep in atomic context on an atomic chain, and a deadlock on the others. As for all of the
/// kernel, nothing but `CONFIG_DEBUG_ATOMIC_SLEEP` and lockdep can tell; and as with all that
/// sleeps under RCU in a kernel without `CONFIG_PREEMPT_RCU`, what RCU protects, here the handler,
/// may then go too early.
///
/// Leaking one, with [`core::mem::forget`] for example, leaves the handler on its chain, which is
/// sound as long as the module stays: the handler is `'static` and its memory is never used again.
/// But the module must then not be unloaded, and nothing can see to that, here as with all that a
/// module in Rust can leak.
///
/// [`panic::register()`]: crate::chains::panic::register
/// [`Detached`]: crate::context::Detached
///
/// # Invariants
///
/// `block` is registered on the chain of `handle`, or was left out and never called.
///
/// # Examples
///
/// In a driver's own struct, so that it goes with it:
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
///     Priority,
///     Registration, //
/// };
///
/// struct Fan;
///
/// impl atomic::Handler<i32> for Fan {
///     fn notify(&self, _celsius: &i32, _cx: atomic::Context<'_>) -> Outcome {
///         Outcome::Ok
///     }
/// }
///
/// #[pin_data]
/// struct Driver {
///     #[pin]
///     fan: Registration<Arc<atomic::Chain<i32>>, Fan>,
/// }
///
/// let chain = Arc::pin_init(new_atomic_chain!(), GFP_KERNEL)?;
/// let fan = atomic::register(chain.clone(), Priority::DEFAULT, Fan);
/// let driver = KBox::pin_init(try_pin_init!(Driver { fan <- fan }), GFP_KERNEL)?;
/// assert!(!chain.is_empty());
///
/// drop(driver);
/// assert!(chain.is_empty());
/// # Ok::<(), Error>(())
/// ```
#[pin_data(PinnedDrop)]
pub struct Registration<H: ChainRef, T>
where
    H::Chain: Accepts<T>,
{
    #[pin]
    block: Block<T>,
    handle: H,
}

impl<H: ChainRef, T> Registration<H, T>
where
    H::Chain: Accepts<T>,
{
    /// Registers `handler` on a chain.
    ///
    /// # Errors
    ///
    /// Those of `handler` and those of [`Accepts::register()`]. Nothing stays registered then.
    pub(crate) fn on<E>(
        handle: H,
        priority: Priority,
        handler: impl PinInit<T, E>,
    ) -> impl PinInit<Self, Error>
    where
        Error: From<E>,
    {
        // SAFETY: It is what the chain has for that.
        unsafe { Self::with(handle, priority, handler, H::Chain::register) }
    }

    /// Registers `handler` on a chain, unless somebody has its priority.
    ///
    /// # Errors
    ///
    /// As for [`on()`](Self::on), and those of [`AcceptsUnique::register_unique_prio()`].
    pub(crate) fn on_unique_prio<E>(
        handle: H,
        priority: Priority,
        handler: impl PinInit<T, E>,
    ) -> impl PinInit<Self, Error>
    where
        H::Chain: AcceptsUnique<T>,
        Error: From<E>,
    {
        // SAFETY: As above.
        unsafe { Self::with(handle, priority, handler, H::Chain::register_unique_prio) }
    }

    /// Registers `handler` with `register`, which may also leave it out.
    ///
    /// # Safety
    ///
    /// If `register` succeeds, the block must be on the chain that it is given, or never be called
    /// and be as good for [`Accepts::unregister()`] as if it were. It must demand no more of its
    /// caller than [`Accepts::register()`] does.
    pub(crate) unsafe fn with<E>(
        handle: H,
        priority: Priority,
        handler: impl PinInit<T, E>,
        register: unsafe fn(&H::Chain, *mut bindings::notifier_block) -> Result,
    ) -> impl PinInit<Self, Error>
    where
        Error: From<E>,
    {
        // INVARIANT: If the initialisation succeeds, `register` has registered `block`, or left it
        // out.
        try_pin_init!(&this in Self {
            block <- Block::new::<H::Chain, E>(priority, handler),
            handle,
            _: {
                // SAFETY: `this` is valid for writes by the rules of the initialiser.
                let block = unsafe { &raw mut (*this.as_ptr()).block };

                // SAFETY:
                // - The block is initialised, and new, hence on no chain.
                // - It is pinned with `Self`, whose destructor unregisters it before the memory
                //   goes; after an error it is on no chain, and may go at once.
                // - All fields are initialised, so that the callback may come right away.
                unsafe { register(handle.get(), block.cast()) }?;
            },
        })
    }

    /// Returns the handler.
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
    ///     atomic,
    ///     new_atomic_chain,
    ///     Outcome,
    ///     Priority, //
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
    ///
    /// let chain = KBox::pin_init(new_atomic_chain!(), GFP_KERNEL)?;
    /// let counter = atomic::register(&*chain, Priority::DEFAULT, Counter(Atomic::new(0)));
    /// let counter = KBox::pin_init(counter, GFP_KERNEL)?;
    ///
    /// chain.call(&2);
    /// chain.call(&3);
    /// assert_eq!(counter.handler().0.load(Relaxed), 5);
    /// # Ok::<(), Error>(())
    /// ```
    #[inline]
    pub fn handler(&self) -> &T {
        self.block.handler()
    }
}

#[pinned_drop]
impl<H: ChainRef, T> PinnedDrop for Registration<H, T>
where
    H::Chain: Accepts<T>,
{
    fn drop(self: Pin<&mut Self>) {
        // SAFETY: Only a field's address is taken. Nothing is moved out of the pinned value.
        let this = unsafe { self.get_unchecked_mut() };

        // SAFETY: By the type invariant, the block is on this chain, or was left out of it. This is
        // not one of its callbacks: neither a handler nor an event can hold a registration. A
        // handler that takes its own from a static and drops it here breaks the rule of the whole
        // kernel crate that one does not sleep in atomic context, or waits for itself for ever.
        unsafe { this.handle.get().unregister((&raw mut this.block).cast()) };
    }
}

// SAFETY: Registering and unregistering are not bound to a task, the chain serialises them itself,
// and a `Registration` lets nobody but the chain, which demands what it needs of `T`, at its
// handler except by `&T`.
unsafe impl<H: ChainRef + Send, T: Send> Send for Registration<H, T> where H::Chain: Accepts<T> {}

// SAFETY: A `&Registration` gives out a `&T` and nothing else.
unsafe impl<H: ChainRef + Sync, T: Sync> Sync for Registration<H, T> where H::Chain: Accepts<T> {}
