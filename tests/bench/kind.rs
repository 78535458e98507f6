// SPDX-License-Identifier: GPL-2.0

//! The four kinds of chain, each as a driver uses it.

use kernel::{
    prelude::*,
    sync::{
        lock::mutex::MutexBackend,
        Arc, //
    },
};
use notifier_chain::{
    atomic,
    blocking,
    context::{
        AtomicSafe,
        Sleepable, //
    },
    new_atomic_chain,
    new_blocking_chain,
    new_raw_chain,
    new_srcu_chain,
    raw,
    srcu,
    Priority,
    Registration, //
};
use pin_init::{
    pin_init_array_from_fn,
    stack_try_pin_init, //
};

use crate::{
    clock::ticks,
    cpu::go_on_at,
    handlers::{
        Event,
        Stateful, //
    },
};

/// `enum notifier_chain_kunit_kind`.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) enum CKind {
    Atomic,
    Blocking,
    Srcu,
    Raw,
}

/// A handler that may be on chains of all kinds.
pub(crate) trait Handler:
    notifier_chain::Handler<atomic::Chain<Event>>
    + notifier_chain::Handler<blocking::Chain<Event>>
    + notifier_chain::Handler<srcu::Chain<Event>>
    + notifier_chain::Handler<raw::Chain<Event, MutexBackend>>
    + AtomicSafe
    + 'static
{
}

impl<T> Handler for T where
    T: notifier_chain::Handler<atomic::Chain<Event>>
        + notifier_chain::Handler<blocking::Chain<Event>>
        + notifier_chain::Handler<srcu::Chain<Event>>
        + notifier_chain::Handler<raw::Chain<Event, MutexBackend>>
        + AtomicSafe
        + 'static
{
}

/// A kind of chain.
pub(crate) trait Kind: 'static {
    /// What it is called.
    const NAME: &'static str;

    /// Its kind in C.
    const C: CKind;

    /// Whether unregistering waits for the next tick of the clock, and longer.
    const SLOW: bool = false;

    /// A chain of it. A raw one is in a mutex.
    type Chain: Send + Sync;

    /// A handler's time on such a chain.
    type Registration<T: Handler>;

    /// Creates an empty chain.
    fn chain() -> Result<Arc<Self::Chain>>;

    /// Registers `handler`.
    fn register<T: Handler>(
        chain: Arc<Self::Chain>,
        handler: T,
    ) -> Result<Pin<KBox<Self::Registration<T>>>>;

    /// Registers `N` handlers that come last, and unregisters them in the order in which they came.
    /// Returns how many ticks that took.
    fn register_and_unregister<const N: usize>(chain: &Self::Chain) -> Result<[u64; 2]>;

    /// Calls these chains `times` times. Returns how many calls were refused. The loop is at
    /// `PLACE` in a cache line: one as short as that is faster at some than at others.
    ///
    /// # Safety
    ///
    /// The chains must be valid.
    unsafe fn call<const PLACE: usize>(chains: &[*const Self::Chain], times: u32) -> u32;
}

macro_rules! kind {
    (
        $name:ident, $text:literal, $chain:ty, $new:expr
        $(, $cx:ident $(, slow = $slow:literal)?)?
    ) => {
        pub(crate) struct $name;

        impl Kind for $name {
            const NAME: &'static str = $text;
            const C: CKind = CKind::$name;
            $($(const SLOW: bool = $slow;)?)?
            type Chain = $chain;
            type Registration<T: Handler> = Registration<Arc<$chain>, T>;

            fn chain() -> Result<Arc<$chain>> {
                Arc::pin_init($new, GFP_KERNEL)
            }

            fn register<T: Handler>(
                chain: Arc<$chain>,
                handler: T,
            ) -> Result<Pin<KBox<Self::Registration<T>>>> {
                let cx = Sleepable::might_sleep();
                KBox::pin_init(
                    Registration::new(chain, Priority::DEFAULT, handler, cx),
                    GFP_KERNEL,
                )
            }

            #[inline(never)]
            fn register_and_unregister<const N: usize>(chain: &$chain) -> Result<[u64; 2]> {
                let cx = Sleepable::might_sleep();
                let start = ticks();
                let (registered, start) = {
                    stack_try_pin_init!(
                        let _registrations: [Registration<&$chain, Stateful>; N] =?
                            pin_init_array_from_fn(|_| Registration::new(
                                chain,
                                Priority::DEFAULT,
                                Stateful::new(),
                                cx,
                            ))
                    );
                    (ticks() - start, ticks())
                };
                Ok([registered, ticks() - start])
            }

            #[inline(never)]
            unsafe fn call<const PLACE: usize>(chains: &[*const $chain], times: u32) -> u32 {
                $(let $cx = Sleepable::might_sleep();)?
                let event = Event { value: 1 };
                let mut refused = 0;
                go_on_at::<PLACE>();
                for _ in 0..times {
                    for &chain in chains {
                        // SAFETY: By the safety requirements.
                        let chain = unsafe { &*chain };
                        if chain.call(0, &event $(, $cx)?).to_result().is_err() {
                            refused += 1;
                        }
                    }
                }
                refused
            }
        }
    };
}

kind!(Atomic, "atomic", atomic::Chain<Event>, new_atomic_chain!());
kind!(
    Blocking,
    "blocking",
    blocking::Chain<Event>,
    new_blocking_chain!(),
    cx
);
kind!(
    Srcu,
    "srcu",
    srcu::Chain<Event>,
    new_srcu_chain!(),
    cx,
    slow = true
);
kind!(
    Raw,
    "raw",
    raw::Chain<Event, MutexBackend>,
    new_raw_chain!()
);

/// Does something for each kind.
macro_rules! for_each_kind {
    ($run:ident) => {{
        $run::<crate::kind::Atomic>()?;
        $run::<crate::kind::Blocking>()?;
        $run::<crate::kind::Srcu>()?;
        $run::<crate::kind::Raw>()
    }};
}
pub(crate) use for_each_kind;
