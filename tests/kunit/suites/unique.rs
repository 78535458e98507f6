// SPDX-License-Identifier: GPL-2.0

//! Priorities that are given to one handler only.

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
    Outcome,
    Priority, //
};

use super::life::Counted;
use crate::{
    ensure::{
        ensure,
        ensure_eq, //
    },
    journal::Event,
    kind::Kind,
    recorder::Recorded, //
};

/// Registers a [`Counted`] on the chain unless somebody has `priority`.
fn register<K: Kind>(
    recorded: &Recorded<K>,
    priority: i32,
    drops: &Arc<Atomic<u32>>,
) -> Result<K::Registration<Event, Counted>> {
    K::register_unique_prio(
        recorded.chain.clone(),
        Priority::new(priority),
        Counted::new(drops.clone()),
    )
    .ok_or(EOPNOTSUPP)?
}

pub(crate) fn a_priority_is_taken_once<K: Kind>() -> Result {
    let drops = Arc::new(Atomic::new(0), GFP_KERNEL)?;
    let recorded = Recorded::<K>::new(2)?;
    let one = recorded.register(7, 1, Outcome::Ok)?;

    ensure_eq!(register(&recorded, 7, &drops).err(), Some(EBUSY));
    ensure_eq!(drops.load(Relaxed), 1);

    // Only the first one is there, and goes.
    let (_, heard) = recorded.call()?;
    ensure_eq!(&heard[..], &[(1, Event::Up)][..]);
    drop(one);
    ensure!(K::is_empty(&recorded.chain));
    Ok(())
}

pub(crate) fn a_priority_is_free_again<K: Kind>() -> Result {
    let drops = Arc::new(Atomic::new(0), GFP_KERNEL)?;
    let recorded = Recorded::<K>::new(2)?;

    let one = register(&recorded, 7, &drops)?;
    let _other = register(&recorded, 8, &drops)?;
    drop(one);
    let _again = register(&recorded, 7, &drops)?;
    ensure_eq!(drops.load(Relaxed), 1);
    Ok(())
}
