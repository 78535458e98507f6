// SPDX-License-Identifier: GPL-2.0

//! How long handlers and chains live.

use kernel::{
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc, //
    },
};
use notifier_chain::{
    context::AtomicSafe,
    Outcome,
    Priority, //
};

use crate::{
    ensure::{
        ensure,
        ensure_eq, //
    },
    journal::Event,
    kind::{
        Handler,
        Kind,
        Shared, //
    },
    recorder::Recorded, //
};

/// A handler that counts how often it is dropped.
pub(crate) struct Counted(Arc<Atomic<u32>>);

impl Counted {
    pub(crate) fn new(drops: Arc<Atomic<u32>>) -> Self {
        Self(drops)
    }
}

impl Handler<Event> for Counted {
    fn notify(&self, _event: &Event) -> Outcome {
        Outcome::Ok
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Relaxed);
    }
}

/// A handler that looks at its chain when it is dropped, to see whether it is still on it.
struct Watcher<K: Shared> {
    chain: Arc<K::Chain<Event>>,
    drops: Arc<Atomic<u32>>,
    drops_off_the_chain: Arc<Atomic<u32>>,
}

// SAFETY: It uses its chain, which may be in a lock that sleeps, only when it is dropped.
unsafe impl<K: Shared> AtomicSafe for Watcher<K> {}

impl<K: Shared> Handler<Event> for Watcher<K> {
    fn notify(&self, _event: &Event) -> Outcome {
        Outcome::Ok
    }
}

impl<K: Shared> Drop for Watcher<K> {
    fn drop(&mut self) {
        self.drops.fetch_add(1, Relaxed);
        if K::is_empty(&self.chain) {
            self.drops_off_the_chain.fetch_add(1, Relaxed);
        }
    }
}

pub(crate) fn an_empty_chain_is_empty<K: Kind>() -> Result {
    let recorded = Recorded::<K>::new(2)?;
    ensure!(K::is_empty(&recorded.chain));

    let one = recorded.register(0, 1, Outcome::Ok)?;
    let two = recorded.register(0, 2, Outcome::Ok)?;
    drop(one);
    ensure!(!K::is_empty(&recorded.chain));

    drop(two);
    ensure!(K::is_empty(&recorded.chain));
    Ok(())
}

pub(crate) fn a_handler_that_fails_leaves_nothing_behind<K: Kind>() -> Result {
    let chain = K::chain::<Event>()?;

    let failed = K::register::<Event, Counted, Error>(
        chain.clone(),
        Priority::DEFAULT,
        Err::<Counted, Error>(ENOMEM),
    );
    ensure_eq!(failed.err(), Some(ENOMEM));
    ensure!(K::is_empty(&chain));
    // The chain was not kept either.
    ensure!(Arc::into_unique_or_drop(chain).is_some());
    Ok(())
}

pub(crate) fn a_handler_is_dropped_once_and_off_the_chain<K: Shared>() -> Result {
    let chain = K::chain::<Event>()?;
    let drops = Arc::new(Atomic::new(0), GFP_KERNEL)?;
    let drops_off_the_chain = Arc::new(Atomic::new(0), GFP_KERNEL)?;
    let watcher = Watcher::<K> {
        chain: chain.clone(),
        drops: drops.clone(),
        drops_off_the_chain: drops_off_the_chain.clone(),
    };

    let registration = K::register(chain.clone(), Priority::DEFAULT, watcher)?;
    K::call(&chain, &Event::Up);
    ensure_eq!(drops.load(Relaxed), 0);

    drop(registration);
    ensure_eq!(drops.load(Relaxed), 1);
    ensure_eq!(drops_off_the_chain.load(Relaxed), 1);
    Ok(())
}

pub(crate) fn a_registration_keeps_its_chain<K: Kind>() -> Result {
    let recorded = Recorded::<K>::new(1)?;
    let registration = recorded.register(0, 1, Outcome::Ok)?;
    let Recorded { chain, journal } = recorded;
    let after = chain.clone();
    let address = Arc::as_ptr(&chain);

    // Whoever made the chain lets go of it. It is still there, and works.
    drop(chain);
    ensure!(Arc::into_unique_or_drop(after).is_none());
    // SAFETY: The registration has an `Arc` of it.
    let kept = unsafe { &*address };
    K::call(kept, &Event::Up);
    ensure_eq!(&journal.take()?[..], &[(1, Event::Up)][..]);

    drop(registration);
    Ok(())
}
