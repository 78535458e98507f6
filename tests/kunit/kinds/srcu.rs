// SPDX-License-Identifier: GPL-2.0

//! SRCU chains.

use kernel::{
    prelude::*,
    sync::Arc, //
};
use notifier_chain::{
    context::{
        Detached,
        Sleepable, //
    },
    new_srcu_chain,
    srcu,
    Priority,
    Registration,
    Verdict, //
};

use crate::{
    caller::drop_together,
    kind::{
        Any,
        CKind,
        Handler,
        Kind,
        Shared, //
    },
    suites::shared_suite, //
};

struct Srcu;

impl Kind for Srcu {
    type Chain<E: ?Sized + Detached> = srcu::Chain<E>;
    type Registration<E: ?Sized + Detached, T: Handler<E>> =
        Pin<KBox<Registration<Arc<srcu::Chain<E>>, Any<T>>>>;

    const C: CKind = CKind::Srcu;

    // On User-Mode Linux, which has no `irq_work` interrupt, a grace period of SRCU takes until the
    // next tick. So as not to wait for thousands of them, there are few, and many wait for the
    // same.
    const UNREGISTER_ONE_IN: u32 = 16;

    fn unregister_all<E: ?Sized + Detached + 'static, T: Handler<E>>(
        registrations: KVec<Self::Registration<E, T>>,
    ) -> Result {
        drop_together(registrations)
    }

    fn chain<E: ?Sized + Detached>() -> Result<Arc<Self::Chain<E>>> {
        Arc::pin_init(new_srcu_chain!(), GFP_KERNEL)
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
            srcu::register(Sleepable::might_sleep(), chain, priority, Any::new(handler)),
            GFP_KERNEL,
        )
    }

    fn handler<E: ?Sized + Detached, T: Handler<E>>(registration: &Self::Registration<E, T>) -> &T {
        &registration.handler().handler
    }

    fn call<E: ?Sized + Detached>(chain: &Self::Chain<E>, event: &E) -> Verdict {
        chain.call(Sleepable::might_sleep(), event)
    }

    fn is_empty<E: ?Sized + Detached>(chain: &Self::Chain<E>) -> bool {
        chain.is_empty()
    }
}

impl Shared for Srcu {
    fn other_chain<E: ?Sized + Detached>() -> Result<Arc<Self::Chain<E>>> {
        Arc::pin_init(new_srcu_chain!(), GFP_KERNEL)
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
        let chain = unsafe { srcu::Chain::<E>::from_raw(head.cast()) };
        let registered = KBox::pin_init(
            srcu::register(
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
    notifier_chain_srcu, Srcu,
    recursion::a_handler_calls_its_own_chain,
    interop::rust_is_on_a_chain_of_c,
}
