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
    recorder::Recorded, //
};

/// A chain of kind `K` in a handler on a chain of the same kind.
struct Callable<K: Kind>(Arc<K::Chain<Event>>);

// What calling the chain does is allowed where the handler runs: that is just how it was called
// itself.
impl<K: Kind> AtomicSafe for Callable<K> {}

/// A handler that passes its event on to another chain, and answers what comes of it.
struct Relay<K: Kind>(Callable<K>);

impl<K: Kind> Handler<Event> for Relay<K> {
    fn notify(&self, action: usize, data: &()) -> NotifyReturn {
        K::call(&self.0 .0, action, data)
    }
}

pub(crate) fn a_handler_calls_another_chain<K: Kind>() -> Result {
    let recorded = Recorded::<K>::new(1)?;
    let _inner = recorded.register(5, 1, NotifyReturn::from_error(EBUSY))?;

    let outer = K::other_chain::<Event>()?;
    let _relay = K::register(
        outer.clone(),
        Priority::new(6),
        Relay::<K>(Callable(recorded.chain.clone())),
    )?;

    let answer = K::call(&outer, UP, &());
    ensure_eq!(answer.to_result(), Err(EBUSY));
    ensure_eq!(&recorded.journal.take()?[..], &[(1, UP)][..]);
    Ok(())
}

/// A handler that calls its own chain, until it is `depth` calls deep.
struct Echo<K: Kind> {
    chain: Callable<K>,
    depth: Atomic<u32>,
}

impl<K: Kind> Handler<Event> for Echo<K> {
    fn notify(&self, action: usize, data: &()) -> NotifyReturn {
        match self.depth.load(Relaxed) {
            0 => NotifyReturn::BAD,
            depth => {
                self.depth.store(depth - 1, Relaxed);
                // The innermost call is stopped, and the others must not be.
                K::call(&self.chain.0, action, data);
                NotifyReturn::OK
            }
        }
    }
}

pub(crate) fn a_handler_calls_its_own_chain<K: Kind>() -> Result {
    let recorded = Recorded::<K>::new(8)?;
    let _before = recorded.register(2, 1, NotifyReturn::OK)?;
    let _echo = K::register(
        recorded.chain.clone(),
        Priority::new(1),
        Echo::<K> {
            chain: Callable(recorded.chain.clone()),
            depth: Atomic::new(3),
        },
    )?;
    let _behind = recorded.register(0, 2, NotifyReturn::DONE)?;

    let (answer, heard) = recorded.call()?;
    // Four walks of the chain, of which the innermost ends at the echo.
    let ids = [1, 1, 1, 1, 2, 2, 2];
    ensure_eq!(&heard[..], &ids.map(|id| (id, UP))[..]);
    ensure_eq!(answer, NotifyReturn::DONE);
    ensure!(!answer.is_stop());
    Ok(())
}
