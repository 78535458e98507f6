// SPDX-License-Identifier: GPL-2.0

//! What a test needs of a chain, so that one test fits all kinds.

use kernel::{
    prelude::*,
    sync::Arc, //
};
use notifier_chain::{
    context::AtomicSafe,
    Backend,
    Head,
    NotifyReturn,
    Priority,
    Topic, //
};

/// A kind of chain, and in the case of a raw one its lock.
pub(crate) trait Kind: 'static {
    /// The chain.
    type Chain<T: Topic>: Send + Sync + 'static;

    /// A handler's time on it.
    type Registration<T: Topic, H: Handler<T>>;

    /// Its kind in C.
    const C: CKind;

    /// Of how many chances to unregister somebody a test with many thousand steps takes one.
    const UNREGISTER_ONE_IN: u32 = 1;

    /// Creates an empty chain.
    fn chain<T: Topic>() -> Result<Arc<Self::Chain<T>>>;

    /// Creates an empty chain with locks of another class, which can be called from a handler on
    /// one of [`chain()`](Self::chain).
    fn other_chain<T: Topic>() -> Result<Arc<Self::Chain<T>>>;

    /// Creates a driver with an empty chain.
    fn driver<T: Topic>() -> Result<Arc<Driver<Self::Chain<T>>>>;

    /// Registers `handler`.
    fn register<T: Topic, H: Handler<T>, E>(
        chain: Arc<Self::Chain<T>>,
        priority: Priority,
        handler: impl PinInit<H, E>,
    ) -> Result<Self::Registration<T, H>>
    where
        for<'a> T::Data<'a>: AtomicSafe,
        Error: From<E>;

    /// Registers `handler` for as long as `then` takes.
    fn while_registered<T: Topic, H: Handler<T>, R>(
        chain: &Self::Chain<T>,
        handler: H,
        then: impl FnOnce() -> R,
    ) -> Result<R>
    where
        for<'a> T::Data<'a>: AtomicSafe;

    /// Unregisters all.
    fn unregister_all<T: Topic, H: Handler<T>>(
        registrations: KVec<Self::Registration<T, H>>,
    ) -> Result {
        drop(registrations);
        Ok(())
    }

    /// Returns the handler.
    fn handler<T: Topic, H: Handler<T>>(registration: &Self::Registration<T, H>) -> &H;

    /// Calls the chain.
    fn call<'a, T: Topic>(
        chain: &Self::Chain<T>,
        action: usize,
        data: &'a T::Data<'a>,
    ) -> NotifyReturn;

    /// Calls the chain with a way back, or returns [`None`] if the kind has no such call.
    fn call_robust<'a, T: Topic>(
        _chain: &Self::Chain<T>,
        _up: usize,
        _down: usize,
        _data: &'a T::Data<'a>,
    ) -> Option<NotifyReturn> {
        None
    }

    /// Returns whether nobody is registered.
    fn is_empty<T: Topic>(chain: &Self::Chain<T>) -> bool;
}

/// Implements what differs between the kinds only by the chain and how it is made.
macro_rules! common {
    ($chain:ty, $new:expr) => {
        type Chain<T: ::notifier_chain::Topic> = $chain;
        type Registration<T: ::notifier_chain::Topic, H: $crate::kind::Handler<T>> =
            Pin<KBox<::notifier_chain::Registration<Arc<$chain>, $crate::kind::Any<H>>>>;

        fn chain<T: ::notifier_chain::Topic>() -> Result<Arc<$chain>> {
            Arc::pin_init($new, GFP_KERNEL)
        }

        fn other_chain<T: ::notifier_chain::Topic>() -> Result<Arc<$chain>> {
            Arc::pin_init($new, GFP_KERNEL)
        }

        fn driver<T: ::notifier_chain::Topic>() -> Result<Arc<$crate::kind::Driver<$chain>>> {
            $crate::kind::Driver::new($new)
        }

        fn register<T: ::notifier_chain::Topic, H: $crate::kind::Handler<T>, E>(
            chain: Arc<$chain>,
            priority: ::notifier_chain::Priority,
            handler: impl PinInit<H, E>,
        ) -> Result<Self::Registration<T, H>>
        where
            for<'a> T::Data<'a>: ::notifier_chain::context::AtomicSafe,
            Error: From<E>,
        {
            let registration = ::notifier_chain::Registration::new(
                chain,
                priority,
                $crate::kind::Any::new(handler),
                ::notifier_chain::context::Sleepable::might_sleep(),
            );
            KBox::try_pin_init(registration, GFP_KERNEL)
        }

        fn while_registered<T: ::notifier_chain::Topic, H: $crate::kind::Handler<T>, R>(
            chain: &$chain,
            handler: H,
            then: impl FnOnce() -> R,
        ) -> Result<R>
        where
            for<'a> T::Data<'a>: ::notifier_chain::context::AtomicSafe,
        {
            let registration = ::notifier_chain::Registration::new(
                chain,
                ::notifier_chain::Priority::DEFAULT,
                $crate::kind::Any::new(handler),
                ::notifier_chain::context::Sleepable::might_sleep(),
            );
            let _registration = KBox::pin_init(registration, GFP_KERNEL)?;
            Ok(then())
        }

        fn handler<T: ::notifier_chain::Topic, H: $crate::kind::Handler<T>>(
            registration: &Self::Registration<T, H>,
        ) -> &H {
            &registration.handler().handler
        }

        fn is_empty<T: ::notifier_chain::Topic>(chain: &$chain) -> bool {
            chain.is_empty()
        }
    };
}
pub(crate) use common;

/// A driver that has a chain of its own.
#[pin_data]
pub(crate) struct Driver<C> {
    #[pin]
    pub(crate) chain: C,
}

impl<C> Driver<C> {
    pub(crate) fn new<E>(chain: impl PinInit<C, E>) -> Result<Arc<Self>>
    where
        Error: From<E>,
    {
        Arc::try_pin_init(try_pin_init!(Self { chain <- chain }), GFP_KERNEL)
    }
}

/// A kind whose chains have a head, which C can use.
pub(crate) trait Headed: Kind {
    /// Returns what C knows of the chain.
    ///
    /// # Safety
    ///
    /// As for [`Head::head()`].
    unsafe fn head<T: Topic>(chain: &Self::Chain<T>) -> *mut c_void;

    /// Uses a chain of C.
    ///
    /// # Safety
    ///
    /// As for [`Head::from_raw()`].
    unsafe fn from_raw<'a, T: Topic>(head: *mut c_void) -> &'a Self::Chain<T>;
}

/// Implements [`Headed`].
macro_rules! headed {
    ($kind:ty) => {
        impl $crate::kind::Headed for $kind {
            unsafe fn head<T: ::notifier_chain::Topic>(chain: &Self::Chain<T>) -> *mut c_void {
                // SAFETY: By the safety requirements.
                unsafe { chain.head() }.cast()
            }

            unsafe fn from_raw<'a, T: ::notifier_chain::Topic>(
                head: *mut c_void,
            ) -> &'a Self::Chain<T> {
                // SAFETY: By the safety requirements.
                unsafe { ::notifier_chain::Head::from_raw(head.cast()) }
            }
        }
    };
}
pub(crate) use headed;

/// `enum notifier_chain_kunit_kind`.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) enum CKind {
    Atomic,
    Blocking,
    Srcu,
    Raw,
}

/// A handler for every kind of chain, hence one that keeps the rules of all.
pub(crate) trait Handler<T: Topic>: AtomicSafe + Send + Sync + 'static {
    fn notify(&self, action: usize, data: &T::Data<'_>) -> NotifyReturn;
}

/// What a [`Handler`] is on the chains.
#[pin_data]
pub(crate) struct Any<H> {
    #[pin]
    pub(crate) handler: H,
}

impl<H> Any<H> {
    pub(crate) fn new<E>(handler: impl PinInit<H, E>) -> impl PinInit<Self, E> {
        pin_init!(Self {
            handler <- handler,
        }? E)
    }
}

impl<T: Topic, B: Backend, H: Handler<T>> notifier_chain::Handler<Head<T, B>> for Any<H> {
    fn notify(&self, (action, data): (usize, &T::Data<'_>), _cx: B::Context<'_>) -> NotifyReturn {
        self.handler.notify(action, data)
    }
}
