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
    NotifyReturn,
    Priority, //
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
        Handler,
        Kind, //
    },
    recorder::{
        Recorded,
        Recorder, //
    },
};

/// A handler that looks at its chain when it is dropped, to see whether it is still on it.
struct Watcher<K: Kind> {
    chain: Arc<K::Chain<Event>>,
    drops: Arc<Atomic<u32>>,
    drops_off_the_chain: Arc<Atomic<u32>>,
}

// It uses its chain, which may be in a lock that sleeps, only when it is dropped.
impl<K: Kind> AtomicSafe for Watcher<K> {}

impl<K: Kind> Handler<Event> for Watcher<K> {
    fn notify(&self, _action: usize, _data: &()) -> NotifyReturn {
        NotifyReturn::OK
    }
}

impl<K: Kind> Drop for Watcher<K> {
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

    let one = recorded.register(0, 1, NotifyReturn::OK)?;
    let two = recorded.register(0, 2, NotifyReturn::OK)?;
    drop(one);
    ensure!(!K::is_empty(&recorded.chain));

    drop(two);
    ensure!(K::is_empty(&recorded.chain));
    Ok(())
}

pub(crate) fn a_handler_that_fails_leaves_nothing_behind<K: Kind>() -> Result {
    let chain = K::chain::<Event>()?;

    let failed = K::register::<Event, Recorder, Error>(
        chain.clone(),
        Priority::DEFAULT,
        Err::<Recorder, Error>(ENOMEM),
    );
    ensure_eq!(failed.err(), Some(ENOMEM));
    ensure!(K::is_empty(&chain));
    // The chain was not kept either.
    ensure!(Arc::into_unique_or_drop(chain).is_some());
    Ok(())
}

pub(crate) fn a_handler_is_dropped_once_and_off_the_chain<K: Kind>() -> Result {
    let chain = K::chain::<Event>()?;
    let drops = Arc::new(Atomic::new(0), GFP_KERNEL)?;
    let drops_off_the_chain = Arc::new(Atomic::new(0), GFP_KERNEL)?;
    let watcher = Watcher::<K> {
        chain: chain.clone(),
        drops: drops.clone(),
        drops_off_the_chain: drops_off_the_chain.clone(),
    };

    let registration = K::register(chain.clone(), Priority::DEFAULT, watcher)?;
    K::call(&chain, UP, &());
    ensure_eq!(drops.load(Relaxed), 0);

    drop(registration);
    ensure_eq!(drops.load(Relaxed), 1);
    ensure_eq!(drops_off_the_chain.load(Relaxed), 1);
    Ok(())
}

pub(crate) fn a_registration_keeps_its_chain<K: Kind>() -> Result {
    let recorded = Recorded::<K>::new(1)?;
    let registration = recorded.register(0, 1, NotifyReturn::OK)?;
    let Recorded { chain, journal } = recorded;
    let after = chain.clone();
    let address = Arc::as_ptr(&chain);

    // Whoever made the chain lets go of it. It is still there, and works.
    drop(chain);
    ensure!(Arc::into_unique_or_drop(after).is_none());
    // SAFETY: The registration has an `Arc` of it.
    let kept = unsafe { &*address };
    K::call(kept, UP, &());
    ensure_eq!(&journal.take()?[..], &[(1, UP)][..]);

    drop(registration);
    Ok(())
}
