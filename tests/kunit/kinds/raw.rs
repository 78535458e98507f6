// SPDX-License-Identifier: GPL-2.0

//! Raw chains, in each lock that takes handlers.

use kernel::{
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        lock::{
            mutex::MutexBackend,
            spinlock::{
                SpinLockBackend,
                SpinLockIrqBackend, //
            },
        },
        rcu,
        Arc, //
    }, //
};
use notifier_chain::{
    context::Sleepable,
    new_raw_chain,
    raw,
    NotifyReturn,
    Priority,
    Registration,
    Topic, //
};

use crate::{
    ensure::{
        ensure,
        ensure_eq, //
    },
    journal::{
        Event,
        UP, //
    },
    kind::{
        common,
        Any,
        CKind,
        Handler,
        Kind, //
    },
    suites::suite, //
};

/// Implements [`Kind`] for raw chains in a lock, whose handlers are given a `$cx`, and makes their
/// suite.
macro_rules! raw_in {
    ($name:ident, $backend:ty, $cx:ty, $suite:ident) => {
        struct $name;

        impl Kind for $name {
            const C: CKind = CKind::Raw;

            common!(raw::Chain<T, $backend>, new_raw_chain!());

            fn call<'a, T: Topic>(
                chain: &Self::Chain<T>,
                action: usize,
                data: &'a T::Data<'a>,
            ) -> NotifyReturn {
                chain.call(action, data)
            }

            fn call_robust<'a, T: Topic>(
                chain: &Self::Chain<T>,
                up: usize,
                down: usize,
                data: &'a T::Data<'a>,
            ) -> Option<NotifyReturn> {
                Some(chain.call_robust(up, down, data))
            }
        }

        impl<T: Topic, H: Handler<T>> notifier_chain::Handler<raw::Chain<T, $backend>> for Any<H> {
            fn notify(&self, (action, data): (usize, &T::Data<'_>), _cx: $cx) -> NotifyReturn {
                self.handler.notify(action, data)
            }
        }

        suite! {
            $suite, $name,
            robust::those_before_a_veto_are_told_that_it_is_off,
            robust::nobody_is_told_that_it_is_off_without_a_veto,
            robust::a_stop_on_the_way_back_ends_it,
            robust::text_is_taken_back,
        }
    };
}

raw_in!(
    RawInMutex,
    MutexBackend,
    Sleepable<'_>,
    notifier_chain_raw_mutex
);
raw_in!(
    RawInSpinLock,
    SpinLockBackend,
    &rcu::Guard,
    notifier_chain_raw_spinlock
);
raw_in!(
    RawInSpinLockIrq,
    SpinLockIrqBackend,
    &rcu::Guard,
    notifier_chain_raw_spinlock_irq
);

/// A chain in a mutex, whose handlers can register.
type Chain = raw::Chain<Event, MutexBackend>;

/// Registers a [`Counted`], and answers what comes of it.
struct Registrar {
    chain: Arc<Chain>,
    drops: Arc<Atomic<u32>>,
}

impl notifier_chain::Handler<Chain> for Registrar {
    fn notify(&self, _event: (usize, &()), cx: Sleepable<'_>) -> NotifyReturn {
        let counted = Counted(self.drops.clone());
        let counted = Registration::new(self.chain.clone(), Priority::FIRST, counted, cx);
        KBox::<Registration<_, Counted>>::pin_init(counted, GFP_KERNEL)
            .map(drop)
            .into()
    }
}

/// Calls another chain, and answers what comes of it.
struct Relay(Arc<Chain>);

impl notifier_chain::Handler<Chain> for Relay {
    fn notify(&self, (action, data): (usize, &()), _cx: Sleepable<'_>) -> NotifyReturn {
        self.0.call(action, data)
    }
}

/// Counts how often it is called.
struct Counter(Arc<Atomic<u32>>);

impl Handler<Event> for Counter {
    fn notify(&self, _action: usize, _data: &()) -> NotifyReturn {
        self.0.fetch_add(1, Relaxed);
        NotifyReturn::OK
    }
}

/// Counts how often it is dropped.
struct Counted(Arc<Atomic<u32>>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Relaxed);
    }
}

impl notifier_chain::Handler<Chain> for Counted {
    fn notify(&self, _event: (usize, &()), _cx: Sleepable<'_>) -> NotifyReturn {
        NotifyReturn::DONE
    }
}

#[kunit_tests(notifier_chain_raw)]
mod tests {
    use super::*;

    type Owned<H> = Pin<KBox<Registration<Arc<Chain>, H>>>;

    fn register<H: notifier_chain::Handler<Chain> + 'static>(
        chain: &Arc<Chain>,
        handler: H,
    ) -> Result<Owned<H>> {
        let cx = Sleepable::might_sleep();
        let registration = Registration::new(chain.clone(), Priority::DEFAULT, handler, cx);
        KBox::pin_init(registration, GFP_KERNEL)
    }

    /// Returns one that registers on `chain`, and how many handlers that it made are gone.
    fn registrar(chain: &Arc<Chain>) -> Result<(Registrar, Arc<Atomic<u32>>)> {
        let drops = Arc::new(Atomic::new(0), GFP_KERNEL)?;
        let registrar = Registrar {
            chain: chain.clone(),
            drops: drops.clone(),
        };
        Ok((registrar, drops))
    }

    #[test]
    fn a_handler_cannot_register_on_its_own_chain() -> Result {
        let chain = <RawInMutex as Kind>::chain::<Event>()?;
        let (registrar, drops) = registrar(&chain)?;
        let registrar = register(&chain, registrar)?;

        // Each time: what failed has left nothing behind.
        for count in 1..=3 {
            ensure_eq!(chain.call(UP, &()).to_result(), Err(EDEADLK));
            ensure_eq!(drops.load(Relaxed), count);
        }
        drop(registrar);
        ensure!(chain.is_empty());

        // The same task can, when the call is over.
        let _counted = register(&chain, Counted(drops))?;
        ensure_eq!(chain.call(UP, &()), NotifyReturn::DONE);
        Ok(())
    }

    #[test]
    fn a_handler_registers_on_another_chain() -> Result {
        let outer = <RawInMutex as Kind>::other_chain::<Event>()?;
        let inner = <RawInMutex as Kind>::chain::<Event>()?;
        let (registrar, drops) = registrar(&inner)?;
        let _registrar = register(&outer, registrar)?;

        ensure_eq!(outer.call(UP, &()), NotifyReturn::OK);
        ensure_eq!(drops.load(Relaxed), 1);
        ensure!(inner.is_empty());
        Ok(())
    }

    #[test]
    fn a_handler_cannot_register_on_a_chain_that_calls_another_one() -> Result {
        let outer = <RawInMutex as Kind>::other_chain::<Event>()?;
        let inner = <RawInMutex as Kind>::chain::<Event>()?;
        let (registrar, drops) = registrar(&outer)?;
        let _relay = register(&outer, Relay(inner.clone()))?;
        let _registrar = register(&inner, registrar)?;

        ensure_eq!(outer.call(UP, &()).to_result(), Err(EDEADLK));
        ensure_eq!(drops.load(Relaxed), 1);
        Ok(())
    }

    #[test]
    fn a_registration_in_a_spin_lock_is_dropped_in_atomic_context() -> Result {
        let chain = <RawInSpinLock as Kind>::chain::<Event>()?;
        let heard = Arc::new(Atomic::new(0), GFP_KERNEL)?;
        let handler = Counter(heard.clone());
        let registration = RawInSpinLock::register(chain.clone(), Priority::DEFAULT, handler)?;
        chain.call(UP, &());

        let guard = rcu::read_lock();
        drop(registration);
        chain.call(UP, &());
        drop(guard);
        ensure!(chain.is_empty());
        ensure_eq!(heard.load(Relaxed), 1);
        Ok(())
    }
}
