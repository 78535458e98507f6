// SPDX-License-Identifier: GPL-2.0

//! A driver's own chain, of a kind that has its own lock.

use core::marker::PhantomData;

use kernel::{
    bindings::notifier_block,
    error::to_result,
    prelude::*,
    types::Opaque, //
};

use crate::{
    context::Kind,
    Chain,
    NotifyReturn, //
};

/// What a driver's own chain tells. The type names the chain: two chains have different handlers
/// if they have different topics, even if both tell the same data.
///
/// As in C, an event is an `action`, which is a number, and `data`.
///
/// # Examples
///
/// ```
/// # use kernel::{prelude::*, sync::rcu};
/// # use notifier_chain::{atomic, context::Sleepable, new_atomic_chain, *};
/// /// What is told may borrow.
/// struct Packet<'a> {
///     bytes: &'a [u8],
/// }
///
/// enum Received {}
///
/// impl Topic for Received {
///     type Data<'a> = Packet<'a>;
/// }
///
/// struct Print;
///
/// impl Handler<atomic::Chain<Received>> for Print {
///     fn notify(&self, (port, packet): (usize, &Packet<'_>), _: &rcu::Guard) -> NotifyReturn {
///         pr_info!("{port}: {:?}\n", packet.bytes);
///         NotifyReturn::OK
///     }
/// }
///
/// let chain = KBox::pin_init(new_atomic_chain!(), GFP_KERNEL)?;
/// let print = Registration::new(&*chain, Priority::DEFAULT, Print, Sleepable::might_sleep());
/// let _print = KBox::pin_init(print, GFP_KERNEL)?;
/// let bytes = [1, 2, 3];
/// assert_eq!(chain.call(80, &Packet { bytes: &bytes }), NotifyReturn::OK);
/// # Ok::<(), Error>(())
/// ```
pub trait Topic: 'static {
    /// The type of `data`. C code that calls or hears the chain needs it to be `repr(C)`. A handler
    /// can answer through it, as by a `Cell`. If it is invariant in `'a`, it must need no drop.
    type Data<'a>: 'a;
}

/// A kind whose chains lock themselves: the C functions of its `struct ..._notifier_head`. They are
/// [`Atomic`](crate::atomic::Atomic), [`Blocking`](crate::blocking::Blocking) and
/// [`Srcu`](crate::srcu::Srcu).
///
/// # Safety
///
/// Implementers must ensure that
///
/// - a chain calls, reads and writes a block only from when [`register()`](Self::register) is
///   called until that has failed or [`unregister()`](Self::unregister) has returned, and calls it
///   where [`Kind`] says,
/// - no callback of the block runs when `unregister()` has returned,
/// - both may be called by several tasks at the same time.
pub unsafe trait Backend: Kind {
    /// The C structure.
    type Head;

    /// Returns where the first block of the chain is.
    ///
    /// # Safety
    ///
    /// `head` must be valid.
    unsafe fn first(head: *mut Self::Head) -> *const *mut notifier_block;

    /// Registers a block.
    ///
    /// # Safety
    ///
    /// `head` must be initialised. For `block`, see [`Chain::register()`].
    unsafe fn register(head: *mut Self::Head, block: *mut notifier_block) -> c_int;

    /// Unregisters a block.
    ///
    /// # Safety
    ///
    /// `head` must be initialised. `block` must be registered on it, or on no chain: then nothing
    /// is done.
    unsafe fn unregister(head: *mut Self::Head, block: *mut notifier_block) -> c_int;

    /// Frees what the head has allocated.
    ///
    /// # Safety
    ///
    /// `head` must be initialised, and not be used any more.
    #[inline]
    unsafe fn clean_up(_head: *mut Self::Head) {}
}

/// A driver's own chain: a `struct ..._notifier_head`.
///
/// Use it by its names [`atomic::Chain`](crate::atomic::Chain),
/// [`blocking::Chain`](crate::blocking::Chain), [`srcu::Chain`](crate::srcu::Chain).
///
/// # Invariants
///
/// - `head` is initialised.
/// - Every block on the chain understands the events of `T`: an `action` and, as `data`, a pointer
///   to a `T::Data`. Every call of the chain passes such an event.
#[pin_data(PinnedDrop)]
#[repr(transparent)]
pub struct Head<T: Topic, B: Backend> {
    #[pin]
    head: Opaque<B::Head>,
    _topic: PhantomData<fn(T) -> T>,
    // A chain is `AtomicSafe` or `NmiSafe` if its kind is.
    _kind: PhantomData<B>,
}

// SAFETY: A chain owns no event, and all its handlers are `Sync`.
unsafe impl<T: Topic, B: Backend> Send for Head<T, B> {}

// SAFETY: By the safety requirements of `Backend`, and the C functions that call a chain may be
// called by several tasks at the same time.
unsafe impl<T: Topic, B: Backend> Sync for Head<T, B> {}

impl<T: Topic, B: Backend> Head<T, B> {
    /// Creates a chain with the head that `init` initialises.
    ///
    /// # Safety
    ///
    /// `init` must initialise the head as an empty chain if it succeeds.
    pub(crate) unsafe fn new_with<E>(
        init: impl FnOnce(*mut B::Head) -> Result<(), E>,
    ) -> impl PinInit<Self, E> {
        // INVARIANT: By the safety requirements, the head is initialised and empty. Only `head()`
        // lets others register on it or call it.
        pin_init!(Self {
            head <- Opaque::try_ffi_init(init),
            _topic: PhantomData,
            _kind: PhantomData,
        }? E)
    }

    /// Returns whether no block is registered.
    #[inline]
    pub fn is_empty(&self) -> bool {
        // SAFETY: By the type invariants, the head is valid. As C's `READ_ONCE()`, this reads the
        // pointer once while others may write it, and does not follow it.
        unsafe { B::first(self.head.get()).read_volatile() }.is_null()
    }

    /// Returns the head, for C code and for other modules.
    ///
    /// # Safety
    ///
    /// The head must not be used when the chain is gone, and blocks that are registered by it must
    /// be unregistered before. Each block that is registered by it must take an `action` and, as
    /// `data`, a pointer to a `T::Data` that it only reads while it is called. Each call of it must
    /// pass those. Two Rust modules may share it only if `T::Data` is `repr(C)`, or if both have
    /// the type from one crate.
    #[inline]
    pub unsafe fn head(&self) -> *mut B::Head {
        self.head.get()
    }

    /// Uses a head that C code or another module has made.
    ///
    /// # Safety
    ///
    /// `head` must be initialised and stay so, and in its place, for `'a`. What
    /// [`head()`](Self::head) demands must hold for all that use it.
    #[inline]
    pub unsafe fn from_raw<'a>(head: *mut B::Head) -> &'a Self {
        // SAFETY: By the safety requirements, the type invariants hold for `'a`. `Head` is
        // `repr(transparent)`.
        unsafe { &*head.cast() }
    }

    /// Returns the head.
    #[inline]
    pub(crate) fn as_ptr(&self) -> *mut B::Head {
        self.head.get()
    }
}

// SAFETY: By the safety requirements of `Backend`. By the type invariants, blocks are passed an
// event of `T`. A head is pinned, hence never moves. Only a call that borrows the chain calls its
// blocks, hence none is called when it is gone.
unsafe impl<T: Topic, B: Backend> Chain for Head<T, B> {
    type Kind = B;
    type Event<'a> = (usize, &'a T::Data<'a>);
    type Answer = NotifyReturn;

    unsafe fn register(&self, block: *mut notifier_block) -> Result {
        // INVARIANT: By the safety requirements, the block understands the events of `T`.
        // SAFETY: By the type invariants, the head is initialised. By the safety requirements, the
        // block is initialised, not registered, and stays in its place.
        to_result(unsafe { B::register(self.as_ptr(), block) })
    }

    unsafe fn unregister(&self, block: *mut notifier_block) {
        // SAFETY: By the safety requirements, the block is registered on this head, hence there is
        // no error.
        unsafe { B::unregister(self.as_ptr(), block) };
    }

    #[inline]
    unsafe fn notify(
        action: c_ulong,
        data: *mut c_void,
        handler: impl FnOnce(Self::Event<'_>) -> NotifyReturn,
    ) -> c_int {
        // SAFETY: By the type invariants and the safety requirements, this is a `T::Data` for the
        // time of this callback.
        handler((action, unsafe { &*data.cast() })).into_raw()
    }
}

#[pinned_drop]
impl<T: Topic, B: Backend> PinnedDrop for Head<T, B> {
    fn drop(self: Pin<&mut Self>) {
        // SAFETY: By the type invariants, the head is initialised. Registrations keep their chain;
        // one that was leaked is never called again. What `head()` lets others do has ended.
        unsafe { B::clean_up(self.head.get()) };
    }
}
