// SPDX-License-Identifier: GPL-2.0

//! The kinds of chain, and the raw one in each lock.

use kernel::{
    alloc::Flags,
    new_mutex, new_spinlock, new_spinlock_irq,
    prelude::*,
    sync::{
        Arc,
        Mutex,
        SpinLock,
        SpinLockIrq, //
    },
};
use notifier_chain::{
    atomic,
    blocking,
    chains::die,
    context::Sleepable,
    new_atomic_chain,
    new_blocking_chain,
    new_srcu_chain,
    raw,
    srcu,
    Priority,
    Registration,
    Verdict, //
};

use crate::{
    event::Event,
    guest::Guest,
    tally::Tally, //
};

/// What handlers are registered on.
pub(crate) trait Register: 'static {
    /// The chain, with its lock if it has none of its own.
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
        flags: Flags,
    ) -> Result<Self::Registration>;
}

/// What keeps notifiers of equal priority apart, if one asks for that.
pub(crate) trait RegisterUnique: Register {
    /// Registers `guest`, unless somebody has `priority`.
    fn register_unique(
        chain: Arc<Self::Chain>,
        priority: Priority,
        guest: Guest,
        flags: Flags,
    ) -> Result<Self::Registration>;
}

/// A kind of chain, and in the case of a raw one the lock around it.
pub(crate) trait Kind: Register {
    /// Creates an empty chain.
    fn chain() -> Result<Arc<Self::Chain>>;

    /// Calls the chain.
    fn call(chain: &Self::Chain, event: &Event) -> Verdict;

    /// Calls the chain with a way back, or returns [`None`] if the kind has no such call.
    fn call_robust(_chain: &Self::Chain, _up: &Event, _down: &Event) -> Option<Verdict> {
        None
    }

    /// Returns whether nobody is registered.
    fn is_empty(chain: &Self::Chain) -> bool;
}

/// Implements [`Register`] and [`Kind`], and [`RegisterUnique`] for a kind that has that.
macro_rules! kind {
    (
        $name:ident, $text:literal, $chain:ty, $new:expr, $register:expr,
        $(unique $register_unique:expr,)?
        |$this:ident, $event:ident| $call:expr,
        $(robust |$robust:ident, $up:ident, $down:ident| $call_robust:expr,)?
        |$asked:ident| $is_empty:expr $(,)?
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
                flags: Flags,
            ) -> Result<Self::Registration> {
                KBox::try_pin_init($register(chain, priority, guest), flags)
            }
        }

        $(impl RegisterUnique for $name {
            fn register_unique(
                chain: Arc<Self::Chain>,
                priority: Priority,
                guest: Guest,
                flags: Flags,
            ) -> Result<Self::Registration> {
                KBox::try_pin_init($register_unique(chain, priority, guest), flags)
            }
        })?

        impl Kind for $name {
            fn chain() -> Result<Arc<Self::Chain>> {
                Arc::pin_init($new, GFP_KERNEL)
            }

            fn call($this: &Self::Chain, $event: &Event) -> Verdict {
                $call
            }

            $(fn call_robust($robust: &Self::Chain, $up: &Event, $down: &Event) -> Option<Verdict> {
                Some($call_robust)
            })?

            fn is_empty($asked: &Self::Chain) -> bool {
                $is_empty
            }
        }
    };
}

kind!(
    Atomic,
    "atomic",
    atomic::Chain<Event>,
    new_atomic_chain!(),
    atomic::register,
    unique atomic::register_unique_prio,
    |chain, event| chain.call(event),
    |chain| chain.is_empty(),
);

kind!(
    Blocking,
    "blocking",
    blocking::Chain<Event>,
    new_blocking_chain!(),
    |chain, priority, guest| {
        blocking::register(Sleepable::might_sleep(), chain, priority, guest)
    },
    unique | chain,
    priority,
    guest | { blocking::register_unique_prio(Sleepable::might_sleep(), chain, priority, guest) },
    |chain, event| chain.call(Sleepable::might_sleep(), event),
    robust | chain,
    up,
    down | chain.call_robust(Sleepable::might_sleep(), up, down),
    |chain| chain.is_empty(),
);

kind!(
    Srcu,
    "srcu",
    srcu::Chain<Event>,
    new_srcu_chain!(),
    |chain, priority, guest| srcu::register(Sleepable::might_sleep(), chain, priority, guest),
    |chain, event| chain.call(Sleepable::might_sleep(), event),
    |chain| chain.is_empty(),
);

/// Implements [`Kind`] for raw chains in a lock.
macro_rules! raw_in {
    ($name:ident, $text:literal, $lock:ident, $new:ident) => {
        kind!(
            $name,
            $text,
            $lock<raw::Chain<Event>>,
            $new!(raw::Chain::new()),
            raw::register,
            |chain, event| chain.lock().call(event),
            robust | chain,
            up,
            down | chain.lock().call_robust(up, down),
            |chain| chain.lock().is_empty(),
        );
    };
}

raw_in!(RawInMutex, "raw in a mutex", Mutex, new_mutex);
raw_in!(RawInSpinLock, "raw in a spin lock", SpinLock, new_spinlock);
raw_in!(
    RawInSpinLockIrq,
    "raw in a spin lock for interrupts",
    SpinLockIrq,
    new_spinlock_irq
);

/// The die chain, which the kernel calls.
pub(crate) enum Die {}

impl Register for Die {
    type Chain = ();
    type Registration = Pin<KBox<die::Registration<Guest>>>;

    const NAME: &'static str = "die";

    fn tally() -> &'static Tally {
        static TALLY: Tally = Tally::new();
        &TALLY
    }

    fn register(
        _chain: Arc<()>,
        priority: Priority,
        guest: Guest,
        flags: Flags,
    ) -> Result<Self::Registration> {
        KBox::try_pin_init(die::register(priority, guest), flags)
    }
}
