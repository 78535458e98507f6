// SPDX-License-Identifier: GPL-2.0

//! Who ends a walk of the chain, and what the caller learns of it.

use kernel::{
    bindings::MAX_ERRNO,
    prelude::*,
    sync::atomic::{
        Atomic,
        Relaxed, //
    },
};
use notifier_chain::{
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
        Registered, //
    },
};

/// How many handlers there are.
pub(super) const COUNT: u32 = 5;

/// The first, the middle, and the last of them.
const PLACES: [u32; 3] = [0, COUNT / 2, COUNT - 1];

/// The priority of the handler at `place`.
pub(super) const fn priority(place: u32) -> i32 {
    10 - place as i32
}

/// Registers handlers of which the one at `place` answers `answer`. The others do not mind.
pub(super) fn register_around<K: Kind>(
    recorded: &Recorded<K>,
    place: u32,
    answer: NotifyReturn,
) -> Result<KVec<Registered<K>>> {
    let mut registrations = KVec::new();
    for id in 0..COUNT {
        let answer = match id {
            _ if id == place => answer,
            _ if id % 2 == 0 => NotifyReturn::OK,
            _ => NotifyReturn::DONE,
        };
        registrations.push(recorded.register(priority(id), id, answer)?, GFP_KERNEL)?;
    }
    Ok(registrations)
}

/// Checks that `answer` ends the walk, wherever it is given, and comes to `result`.
fn ensure_ends_the_walk<K: Kind>(answer: NotifyReturn, result: Result) -> Result {
    for place in PLACES {
        let recorded = Recorded::<K>::new(COUNT as usize)?;
        let _registrations = register_around(&recorded, place, answer)?;

        let (returned, heard) = recorded.call()?;
        ensure!(heard.iter().copied().eq((0..=place).map(|id| (id, UP))));
        ensure_eq!(returned, answer);
        ensure!(returned.is_stop());
        ensure_eq!(returned.to_result(), result);
    }
    Ok(())
}

pub(crate) fn a_stop_ends_the_walk<K: Kind>() -> Result {
    ensure_ends_the_walk::<K>(NotifyReturn::STOP, Ok(()))
}

pub(crate) fn a_veto_ends_the_walk<K: Kind>() -> Result {
    ensure_ends_the_walk::<K>(NotifyReturn::BAD, Err(EPERM))
}

pub(crate) fn an_errno_ends_the_walk<K: Kind>() -> Result {
    ensure_ends_the_walk::<K>(NotifyReturn::from_error(EBUSY), Err(EBUSY))
}

pub(crate) fn nobody_stops<K: Kind>() -> Result {
    for last in [NotifyReturn::DONE, NotifyReturn::OK] {
        let recorded = Recorded::<K>::new(COUNT as usize)?;
        let _registrations = register_around(&recorded, COUNT - 1, last)?;

        let (answer, heard) = recorded.call()?;
        ensure_eq!(heard.len(), COUNT as usize);
        ensure_eq!(answer, last);
        ensure!(!answer.is_stop());
        ensure_eq!(answer.to_result(), Ok(()));
    }
    Ok(())
}

/// A handler that refuses everything, with whatever errno.
struct Refuser(Atomic<i32>);

impl Handler<Event> for Refuser {
    fn notify(&self, _action: usize, _data: &()) -> NotifyReturn {
        NotifyReturn::from_error(Error::from_errno(self.0.load(Relaxed)))
    }
}

pub(crate) fn an_errno_survives_the_round_trip<K: Kind>() -> Result {
    let chain = K::chain::<Event>()?;
    let refuser = K::register(chain.clone(), Priority::DEFAULT, Refuser(Atomic::new(-1)))?;

    for errno in 1..=MAX_ERRNO as i32 {
        K::handler::<Event, Refuser>(&refuser)
            .0
            .store(-errno, Relaxed);
        let answer = K::call(&chain, UP, &());
        ensure_eq!(answer.to_result(), Err(Error::from_errno(-errno)));
    }
    Ok(())
}
