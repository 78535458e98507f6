// SPDX-License-Identifier: GPL-2.0

//! Raw chains, in each lock that takes handlers.

use kernel::{
    new_mutex,
    new_spinlock,
    new_spinlock_irq,
    prelude::*,
    sync::{
        Arc,
        Mutex,
        SpinLock,
        SpinLockIrq, //
    }, //
};
use notifier_chain::{
    context::Detached,
    raw,
    Priority,
    Registration,
    Verdict, //
};

use crate::{
    kind::{
        Any,
        CKind,
        Handler,
        Kind,
        Shared, //
    },
    suites::{
        shared_suite,
        suite, //
    },
};

/// Implements [`Kind`] for raw chains in a lock, and makes their suite.
macro_rules! raw_in {
    ($name:ident, $lock:ident, $new_lock:ident, $suite:ident) => {
        struct $name;

        impl Kind for $name {
            type Chain<E: ?Sized + Detached> = $lock<raw::Chain<E>>;
            type Registration<E: ?Sized + Detached, T: Handler<E>> =
                Pin<KBox<Registration<Arc<$lock<raw::Chain<E>>>, Any<T>>>>;

            const C: CKind = CKind::Raw;

            fn chain<E: ?Sized + Detached>() -> Result<Arc<Self::Chain<E>>> {
                Arc::pin_init($new_lock!(raw::Chain::new()), GFP_KERNEL)
            }

            fn register<E: ?Sized + Detached, T: Handler<E>, Err>(
                chain: Arc<Self::Chain<E>>,
                priority: Priority,
                handler: impl PinInit<T, Err>,
            ) -> Result<Self::Registration<E, T>>
            where
                Error: From<Err>,
            {
                KBox::try_pin_init(
                    raw::register(chain, priority, Any::new(handler)),
                    GFP_KERNEL,
                )
            }

            fn handler<E: ?Sized + Detached, T: Handler<E>>(
                registration: &Self::Registration<E, T>,
            ) -> &T {
                &registration.handler().handler
            }

            fn call<E: ?Sized + Detached>(chain: &Self::Chain<E>, event: &E) -> Verdict {
                chain.lock().call(event)
            }

            fn call_robust<E: ?Sized + Detached>(
                chain: &Self::Chain<E>,
                up: &E,
                down: &E,
            ) -> Option<Verdict> {
                Some(chain.lock().call_robust(up, down))
            }

            fn is_empty<E: ?Sized + Detached>(chain: &Self::Chain<E>) -> bool {
                chain.lock().is_empty()
            }
        }

        impl Shared for $name {
            fn other_chain<E: ?Sized + Detached>() -> Result<Arc<Self::Chain<E>>> {
                Arc::pin_init($new_lock!(raw::Chain::new()), GFP_KERNEL)
            }

            unsafe fn with_head<E: ?Sized + Detached, R>(
                chain: &Self::Chain<E>,
                use_head: impl FnOnce(*mut c_void) -> R,
            ) -> R {
                let chain = chain.lock();
                // SAFETY: By the safety requirements. The lock is held.
                use_head(unsafe { chain.head() }.cast())
            }
        }

        shared_suite! {
            $suite, $name,
            robust::those_before_a_veto_are_told_that_it_is_off,
            robust::nobody_is_told_that_it_is_off_without_a_veto,
            robust::a_stop_on_the_way_back_ends_it,
            robust::who_stops_one_event_both_ways_is_not_told,
            robust::text_is_taken_back,
        }
    };
}

raw_in!(RawInMutex, Mutex, new_mutex, notifier_chain_raw_mutex);
raw_in!(
    RawInSpinLock,
    SpinLock,
    new_spinlock,
    notifier_chain_raw_spinlock
);
raw_in!(
    RawInSpinLockIrq,
    SpinLockIrq,
    new_spinlock_irq,
    notifier_chain_raw_spinlock_irq
);

/// A raw chain of one task, without a lock.
struct RawUnshared;

impl Kind for RawUnshared {
    type Chain<E: ?Sized + Detached> = raw::Unshared<E>;
    type Registration<E: ?Sized + Detached, T: Handler<E>> =
        Pin<KBox<Registration<Arc<raw::Unshared<E>>, Any<T>>>>;

    const C: CKind = CKind::Raw;

    fn chain<E: ?Sized + Detached>() -> Result<Arc<Self::Chain<E>>> {
        Arc::pin_init(raw::Unshared::new(), GFP_KERNEL)
    }

    fn register<E: ?Sized + Detached, T: Handler<E>, Err>(
        chain: Arc<Self::Chain<E>>,
        priority: Priority,
        handler: impl PinInit<T, Err>,
    ) -> Result<Self::Registration<E, T>>
    where
        Error: From<Err>,
    {
        KBox::try_pin_init(
            raw::register(chain, priority, Any::new(handler)),
            GFP_KERNEL,
        )
    }

    fn handler<E: ?Sized + Detached, T: Handler<E>>(registration: &Self::Registration<E, T>) -> &T {
        &registration.handler().handler
    }

    fn call<E: ?Sized + Detached>(chain: &Self::Chain<E>, event: &E) -> Verdict {
        chain.call(event)
    }

    fn call_robust<E: ?Sized + Detached>(
        chain: &Self::Chain<E>,
        up: &E,
        down: &E,
    ) -> Option<Verdict> {
        Some(chain.call_robust(up, down))
    }

    fn is_empty<E: ?Sized + Detached>(chain: &Self::Chain<E>) -> bool {
        chain.is_empty()
    }
}

suite! {
    notifier_chain_raw_unshared, RawUnshared,
    robust::those_before_a_veto_are_told_that_it_is_off,
    robust::nobody_is_told_that_it_is_off_without_a_veto,
    robust::a_stop_on_the_way_back_ends_it,
    robust::who_stops_one_event_both_ways_is_not_told,
    robust::text_is_taken_back,
}
