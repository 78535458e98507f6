// SPDX-License-Identifier: GPL-2.0

//! The kinds of chain, and the raw one in each lock.

use kernel::{
    prelude::*,
    sync::{
        lock::{
            mutex::MutexBackend,
            spinlock::{
                SpinLockBackend,
                SpinLockIrqBackend, //
            },
        },
        Arc, //
    },
};
use notifier_chain::{
    atomic,
    blocking,
    chains::die,
    context::Sleepable,
    new_atomic_chain,
    new_blocking_chain,
    new_raw_chain,
    new_srcu_chain,
    raw,
    srcu,
    NotifyReturn,
    Priority,
    Registration, //
};

use crate::{
    event::{
        Event,
        DOWN,
        UP, //
    },
    guest::Guest,
    tally::Tally, //
};

/// What handlers are registered on.
pub(crate) trait Register: 'static {
    /// The chain.
    type Chain: Send + Sync;

    /// A handler's time on it.
    type Registration: Send;

    const NAME: &'static str;

    /// Returns what was done to chains of this kind.
    fn tally() -> &'static Tally;

    /// Registers `guest`.
    fn register(
        chain: Arc<Self::Chain>,
        priority: Priority,
        guest: Guest,
    ) -> Result<Self::Registration>;
}

/// A kind of chain, and in the case of a raw one the lock around it.
pub(crate) trait Kind: Register {
    /// Creates an empty chain.
    fn chain() -> Result<Arc<Self::Chain>>;

    /// Calls the chain.
    fn call(chain: &Self::Chain, event: &Event) -> NotifyReturn;

    /// Calls the chain with a way back, or returns [`None`] if the kind has no such call.
    fn call_robust(_chain: &Self::Chain, _event: &Event) -> Option<NotifyReturn> {
        None
    }

    /// Returns whether nobody is registered.
    fn is_empty(chain: &Self::Chain) -> bool;
}

/// Implements [`Register`] and [`Kind`].
macro_rules! kind {
    (
        $name:ident, $text:literal, $chain:ty, $new:expr,
        |$this:ident, $event:ident| $call:expr
        $(, robust |$robust:ident, $data:ident| $call_robust:expr)? $(,)?
    ) => {
        pub(crate) enum $name {}

        impl Register for $name {
            type Chain = $chain;
            type Registration = Pin<KBox<Registration<Arc<$chain>, Guest>>>;

            const NAME: &'static str = $text;

            fn tally() -> &'static Tally {
                static TALLY: Tally = Tally::new();
                &TALLY
            }

            fn register(
                chain: Arc<Self::Chain>,
                priority: Priority,
                guest: Guest,
            ) -> Result<Self::Registration> {
                let cx = Sleepable::might_sleep();
                KBox::pin_init(Registration::new(chain, priority, guest, cx), GFP_KERNEL)
            }
        }

        impl Kind for $name {
            fn chain() -> Result<Arc<Self::Chain>> {
                Arc::pin_init($new, GFP_KERNEL)
            }

            fn call($this: &Self::Chain, $event: &Event) -> NotifyReturn {
                $call
            }

            $(fn call_robust($robust: &Self::Chain, $data: &Event) -> Option<NotifyReturn> {
                Some($call_robust)
            })?

            fn is_empty(chain: &Self::Chain) -> bool {
                chain.is_empty()
            }
        }
    };
}

kind!(
    Atomic,
    "atomic",
    atomic::Chain<Event>,
    new_atomic_chain!(),
    |chain, event| chain.call(UP, event),
);

kind!(
    Blocking,
    "blocking",
    blocking::Chain<Event>,
    new_blocking_chain!(),
    |chain, event| chain.call(UP, event, Sleepable::might_sleep()),
    robust | chain,
    event | chain.call_robust(UP, DOWN, event, Sleepable::might_sleep()),
);

kind!(
    Srcu,
    "srcu",
    srcu::Chain<Event>,
    new_srcu_chain!(),
    |chain, event| chain.call(UP, event, Sleepable::might_sleep()),
);

/// Implements [`Kind`] for raw chains in a lock.
macro_rules! raw_in {
    ($name:ident, $text:literal, $lock:ty) => {
        kind!(
            $name,
            $text,
            raw::Chain<Event, $lock>,
            new_raw_chain!(),
            |chain, event| chain.call(UP, event),
            robust | chain,
            event | chain.call_robust(UP, DOWN, event),
        );
    };
}

raw_in!(RawInMutex, "raw in a mutex", MutexBackend);
raw_in!(RawInSpinLock, "raw in a spin lock", SpinLockBackend);
raw_in!(
    RawInSpinLockIrq,
    "raw in a spin lock for interrupts",
    SpinLockIrqBackend
);

/// The die chain, which the kernel calls.
pub(crate) enum Die {}

impl Register for Die {
    type Chain = die::Chain;
    type Registration = Pin<KBox<Registration<Arc<die::Chain>, Guest>>>;

    const NAME: &'static str = "die";

    fn tally() -> &'static Tally {
        static TALLY: Tally = Tally::new();
        &TALLY
    }

    fn register(
        chain: Arc<die::Chain>,
        priority: Priority,
        guest: Guest,
    ) -> Result<Self::Registration> {
        let cx = Sleepable::might_sleep();
        KBox::pin_init(Registration::new(chain, priority, guest, cx), GFP_KERNEL)
    }
}
