// SPDX-License-Identifier: GPL-2.0

//! Blocking chains.

use kernel::{
    prelude::*,
    sync::Arc, //
};
use notifier_chain::{
    blocking,
    context::{
        Detached,
        Sleepable, //
    },
    new_blocking_chain,
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
    suites::shared_suite, //
};

struct Blocking;

impl Kind for Blocking {
    type Chain<E: ?Sized + Detached> = blocking::Chain<E>;
    type Registration<E: ?Sized + Detached, T: Handler<E>> =
        Pin<KBox<Registration<Arc<blocking::Chain<E>>, Any<T>>>>;

    const C: CKind = CKind::Blocking;

    fn chain<E: ?Sized + Detached>() -> Result<Arc<Self::Chain<E>>> {
        Arc::pin_init(new_blocking_chain!(), GFP_KERNEL)
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
            blocking::register(Sleepable::might_sleep(), chain, priority, Any::new(handler)),
            GFP_KERNEL,
        )
    }

    fn register_unique_prio<E: ?Sized + Detached, T: Handler<E>, Err>(
        chain: Arc<Self::Chain<E>>,
        priority: Priority,
        handler: impl PinInit<T, Err>,
    ) -> Option<Result<Self::Registration<E, T>>>
    where
        Error: From<Err>,
    {
        Some(KBox::try_pin_init(
            blocking::register_unique_prio(
                Sleepable::might_sleep(),
                chain,
                priority,
                Any::new(handler),
            ),
            GFP_KERNEL,
        ))
    }

    fn handler<E: ?Sized + Detached, T: Handler<E>>(registration: &Self::Registration<E, T>) -> &T {
        &registration.handler().handler
    }

    fn call<E: ?Sized + Detached>(chain: &Self::Chain<E>, event: &E) -> Verdict {
        chain.call(Sleepable::might_sleep(), event)
    }

    fn call_robust<E: ?Sized + Detached>(
        chain: &Self::Chain<E>,
        up: &E,
        down: &E,
    ) -> Option<Verdict> {
        Some(chain.call_robust(Sleepable::might_sleep(), up, down))
    }

    fn is_empty<E: ?Sized + Detached>(chain: &Self::Chain<E>) -> bool {
        chain.is_empty()
    }
}

impl Shared for Blocking {
    fn other_chain<E: ?Sized + Detached>() -> Result<Arc<Self::Chain<E>>> {
        Arc::pin_init(new_blocking_chain!(), GFP_KERNEL)
    }

    unsafe fn with_head<E: ?Sized + Detached, R>(
        chain: &Self::Chain<E>,
        use_head: impl FnOnce(*mut c_void) -> R,
    ) -> R {
        // SAFETY: By the safety requirements.
        use_head(unsafe { chain.head() }.cast())
    }

    unsafe fn while_registered<E: ?Sized + Detached, T: Handler<E>, R>(
        head: *mut c_void,
        handler: T,
        then: impl FnOnce() -> R,
    ) -> Option<Result<R>> {
        // SAFETY: By the safety requirements.
        let chain = unsafe { blocking::Chain::<E>::from_raw(head.cast()) };
        let registered = KBox::pin_init(
            blocking::register(
                Sleepable::might_sleep(),
                chain,
                Priority::DEFAULT,
                Any::new(handler),
            ),
            GFP_KERNEL,
        );
        Some(registered.map(|_registration| then()))
    }
}

shared_suite! {
    notifier_chain_blocking, Blocking,
    unique::a_priority_is_taken_once,
    unique::a_priority_is_free_again,
    robust::those_before_a_veto_are_told_that_it_is_off,
    robust::nobody_is_told_that_it_is_off_without_a_veto,
    robust::a_stop_on_the_way_back_ends_it,
    robust::who_stops_one_event_both_ways_is_not_told,
    robust::text_is_taken_back,
    interop::rust_is_on_a_chain_of_c,
}
