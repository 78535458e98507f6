// SPDX-License-Identifier: GPL-2.0

//! In which order handlers are called.

use core::cmp::Reverse;

use kernel::prelude::*;
use notifier_chain::NotifyReturn;

use crate::{
    ensure::ensure_eq,
    journal::UP,
    kind::Kind,
    random::Random,
    recorder::{
        Recorded,
        Registered, //
    },
};

/// With how many handlers.
const COUNTS: [u32; 5] = [0, 1, 2, 17, 1000];

/// Registers handlers 0, 1, 2, … with these priorities.
fn register<K: Kind>(recorded: &Recorded<K>, priorities: &[i32]) -> Result<KVec<Registered<K>>> {
    let mut registrations = KVec::with_capacity(priorities.len(), GFP_KERNEL)?;
    for (id, priority) in (0..).zip(priorities) {
        registrations.push(
            recorded.register(*priority, id, NotifyReturn::OK)?,
            GFP_KERNEL,
        )?;
    }
    Ok(registrations)
}

/// The handlers with these priorities, in the order in which they must be called.
fn in_order(priorities: &[i32]) -> Result<KVec<u32>> {
    let mut ids = KVec::with_capacity(priorities.len(), GFP_KERNEL)?;
    for id in 0..priorities.len() as u32 {
        ids.push(id, GFP_KERNEL)?;
    }
    ids.sort_unstable_by_key(|id| (Reverse(priorities[*id as usize]), *id));
    Ok(ids)
}

/// Calls the chain and checks that just these handlers were called, in this order.
fn ensure_called<K: Kind>(recorded: &Recorded<K>, ids: &[u32]) -> Result {
    let (answer, heard) = recorded.call()?;
    let last = if ids.is_empty() {
        NotifyReturn::DONE
    } else {
        NotifyReturn::OK
    };

    ensure_eq!(answer, last);
    ensure_eq!(heard.len(), ids.len());
    for (entry, id) in heard.iter().zip(ids) {
        ensure_eq!(*entry, (*id, UP));
    }
    Ok(())
}

/// Random priorities: some that are rare, the two ends, and many that are equal.
fn random_priorities(count: u32) -> Result<KVec<i32>> {
    let mut random = Random::new(u64::from(count) + 1);
    let mut priorities = KVec::with_capacity(count as usize, GFP_KERNEL)?;
    for _ in 0..count {
        let priority = match random.below(8) {
            0 => i32::MIN,
            1 => i32::MAX,
            2 | 3 => random.below(u32::MAX) as i32,
            _ => random.below(5) as i32 - 2,
        };
        priorities.push(priority, GFP_KERNEL)?;
    }
    Ok(priorities)
}

pub(crate) fn the_order_of_registration_counts_among_equals<K: Kind>() -> Result {
    for count in COUNTS {
        let recorded = Recorded::<K>::new(count as usize)?;
        let priorities = KVec::from_elem(0, count as usize, GFP_KERNEL)?;
        let registrations = register(&recorded, &priorities)?;

        ensure_called(&recorded, &in_order(&priorities)?)?;
        K::unregister_all(registrations)?;
    }
    Ok(())
}

pub(crate) fn the_highest_priority_is_called_first<K: Kind>() -> Result {
    for count in COUNTS {
        let recorded = Recorded::<K>::new(count as usize)?;
        let priorities = random_priorities(count)?;
        let registrations = register(&recorded, &priorities)?;

        ensure_called(&recorded, &in_order(&priorities)?)?;
        K::unregister_all(registrations)?;
    }
    Ok(())
}

pub(crate) fn those_who_stay_keep_their_order<K: Kind>() -> Result {
    let recorded = Recorded::<K>::new(17)?;
    let priorities = random_priorities(17)?;
    let mut registrations = register(&recorded, &priorities)?;
    let mut ids = in_order(&priorities)?;

    // From the back, so that an index stays what it is: `registrations[id]` is the handler `id`.
    for id in (0..17).rev() {
        drop(registrations.pop());
        ids.retain(|other| *other != id);
        ensure_called(&recorded, &ids)?;
    }
    Ok(())
}
