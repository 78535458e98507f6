// SPDX-License-Identifier: GPL-2.0

//! Events that are taken back after a veto.

use kernel::{
    prelude::*,
    sync::atomic::{
        Atomic,
        Relaxed, //
    },
};
use notifier_chain::{
    Outcome,
    Priority, //
};

use super::stop::{
    priority,
    register_around,
    COUNT, //
};
use crate::{
    ensure::{
        ensure,
        ensure_eq, //
    },
    journal::Event,
    kind::{
        Handler,
        Kind, //
    },
    recorder::Recorded, //
};

pub(crate) fn those_before_a_veto_are_told_that_it_is_off<K: Kind>() -> Result {
    for veto in [Outcome::Stop, Outcome::Bad, Outcome::Refuse(EBUSY)] {
        for place in 0..COUNT {
            let recorded = Recorded::<K>::new(2 * COUNT as usize)?;
            let _registrations = register_around(&recorded, place, veto)?;

            let (verdict, heard) = recorded.call_robust()?;
            let up = (0..=place).map(|id| (id, Event::Up));
            let down = (0..place).map(|id| (id, Event::Down));
            ensure!(heard.iter().copied().eq(Iterator::chain(up, down)));
            ensure_eq!(verdict.last(), veto);
            ensure_eq!(verdict.stopped_by(), Some(Priority::new(priority(place))));
        }
    }
    Ok(())
}

pub(crate) fn nobody_is_told_that_it_is_off_without_a_veto<K: Kind>() -> Result {
    let recorded = Recorded::<K>::new(2 * COUNT as usize)?;
    let _registrations = register_around(&recorded, 0, Outcome::Done)?;

    let (verdict, heard) = recorded.call_robust()?;
    ensure!(heard
        .iter()
        .copied()
        .eq((0..COUNT).map(|id| (id, Event::Up))));
    ensure_eq!(verdict.last(), Outcome::Ok);
    ensure_eq!(verdict.stopped_by(), None);
    Ok(())
}

pub(crate) fn a_stop_on_the_way_back_ends_it<K: Kind>() -> Result {
    let recorded = Recorded::<K>::new(2 * COUNT as usize)?;
    let _one = recorded.register(4, 1, Outcome::Ok)?;
    let _two = K::register(
        recorded.chain.clone(),
        Priority::new(3),
        recorded.recorder(2, Outcome::Ok, Outcome::Bad),
    )?;
    let _three = recorded.register(2, 3, Outcome::Ok)?;
    let _four = recorded.register(1, 4, Outcome::Refuse(EBUSY))?;

    let (verdict, heard) = recorded.call_robust()?;
    ensure_eq!(
        &heard[..],
        &[
            (1, Event::Up),
            (2, Event::Up),
            (3, Event::Up),
            (4, Event::Up),
            (1, Event::Down),
            (2, Event::Down),
        ][..],
    );
    // The verdict is that on the event itself.
    ensure_eq!(verdict.last(), Outcome::Refuse(EBUSY));
    ensure_eq!(verdict.stopped_by(), Some(Priority::new(1)));
    Ok(())
}

pub(crate) fn who_stops_one_event_both_ways_is_not_told<K: Kind>() -> Result {
    let recorded = Recorded::<K>::new(2 * COUNT as usize)?;
    let _registrations = register_around(&recorded, 1, Outcome::Bad)?;

    let event = Event::Up;
    let verdict = K::call_robust(&recorded.chain, &event, &event).ok_or(EOPNOTSUPP)?;
    ensure_eq!(verdict.last(), Outcome::Bad);
    ensure_eq!(verdict.stopped_by(), None);
    Ok(())
}

pub(crate) fn text_is_taken_back<K: Kind>() -> Result {
    /// Refuses one text, and keeps what it hears in the end.
    struct Listener {
        refused: Option<&'static str>,
        heard: Atomic<usize>,
    }

    impl Handler<str> for Listener {
        fn notify(&self, event: &str) -> Outcome {
            self.heard.store(event.len(), Relaxed);
            match self.refused {
                Some(refused) if refused == event => Outcome::Bad,
                _ => Outcome::Ok,
            }
        }
    }

    let chain = K::chain::<str>()?;
    let register = |priority, refused| {
        let heard = Atomic::new(0);
        K::register(
            chain.clone(),
            Priority::new(priority),
            Listener { refused, heard },
        )
    };
    let heard = |listener| K::handler::<str, Listener>(listener).heard.load(Relaxed);
    let first = register(2, Some("forget it"))?;
    let second = register(1, Some("do it"))?;

    let verdict = K::call_robust(&chain, "do it", "forget it").ok_or(EOPNOTSUPP)?;
    ensure_eq!((heard(&first), heard(&second)), (9, 5));
    ensure_eq!(verdict.stopped_by(), Some(Priority::new(1)));
    Ok(())
}
