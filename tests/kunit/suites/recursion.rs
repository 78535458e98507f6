// SPDX-License-Identifier: GPL-2.0

//! Handlers that call chains.

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
    ensure::ensure_eq,
    journal::Event,
    kind::{
        Handler,
        Shared, //
    },
    recorder::Recorded, //
};

/// A chain of kind `K` in a handler on a chain of the same kind.
struct Callable<K: Shared>(Arc<K::Chain<Event>>);

// SAFETY: What calling the chain does is allowed where the handler runs: that is just how it was
// called itself.
unsafe impl<K: Shared> AtomicSafe for Callable<K> {}

/// A handler that passes its event on to another chain, and answers what comes of it.
struct Relay<K: Shared>(Callable<K>);

impl<K: Shared> Handler<Event> for Relay<K> {
    fn notify(&self, event: &Event) -> Outcome {
        K::call(&self.0 .0, event).last()
    }
}

pub(crate) fn a_handler_calls_another_chain<K: Shared>() -> Result {
    let recorded = Recorded::<K>::new(1)?;
    let _inner = recorded.register(5, 1, Outcome::Refuse(EBUSY))?;

    let outer = K::other_chain::<Event>()?;
    let _relay = K::register(
        outer.clone(),
        Priority::new(6),
        Relay::<K>(Callable(recorded.chain.clone())),
    )?;

    let verdict = K::call(&outer, &Event::Up);
    ensure_eq!(verdict.to_result(), Err(EBUSY));
    // Each call knows who stopped it.
    ensure_eq!(verdict.stopped_by(), Some(Priority::new(6)));
    ensure_eq!(&recorded.journal.take()?[..], &[(1, Event::Up)][..]);
    Ok(())
}

/// A handler that calls its own chain, until it is `depth` calls deep.
struct Echo<K: Shared> {
    chain: Callable<K>,
    depth: Atomic<u32>,
}

impl<K: Shared> Handler<Event> for Echo<K> {
    fn notify(&self, event: &Event) -> Outcome {
        match self.depth.load(Relaxed) {
            0 => Outcome::Bad,
            depth => {
                self.depth.store(depth - 1, Relaxed);
                // The innermost call is stopped, and the others must not be.
                K::call(&self.chain.0, event);
                Outcome::Ok
            }
        }
    }
}

pub(crate) fn a_handler_calls_its_own_chain<K: Shared>() -> Result {
    let recorded = Recorded::<K>::new(8)?;
    let _before = recorded.register(2, 1, Outcome::Ok)?;
    let _echo = K::register(
        recorded.chain.clone(),
        Priority::new(1),
        Echo::<K> {
            chain: Callable(recorded.chain.clone()),
            depth: Atomic::new(3),
        },
    )?;
    let _behind = recorded.register(0, 2, Outcome::Done)?;

    let (verdict, heard) = recorded.call()?;
    // Four walks of the chain, of which the innermost ends at the echo.
    let ids = [1, 1, 1, 1, 2, 2, 2];
    ensure_eq!(&heard[..], &ids.map(|id| (id, Event::Up))[..]);
    ensure_eq!(verdict.last(), Outcome::Done);
    ensure_eq!(verdict.stopped_by(), None);
    Ok(())
}
