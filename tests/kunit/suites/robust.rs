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
    NotifyReturn,
    Priority,
    Topic, //
};

use super::stop::{
    register_around,
    COUNT, //
};
use crate::{
    ensure::{
        ensure,
        ensure_eq, //
    },
    journal::{
        DOWN,
        UP, //
    },
    kind::{
        Handler,
        Kind, //
    },
    recorder::Recorded, //
};

pub(crate) fn those_before_a_veto_are_told_that_it_is_off<K: Kind>() -> Result {
    for veto in [
        NotifyReturn::STOP,
        NotifyReturn::BAD,
        NotifyReturn::from_error(EBUSY),
    ] {
        for place in 0..COUNT {
            let recorded = Recorded::<K>::new(2 * COUNT as usize)?;
            let _registrations = register_around(&recorded, place, veto)?;

            let (answer, heard) = recorded.call_robust()?;
            let up = (0..=place).map(|id| (id, UP));
            let down = (0..place).map(|id| (id, DOWN));
            ensure!(heard.iter().copied().eq(Iterator::chain(up, down)));
            ensure_eq!(answer, veto);
        }
    }
    Ok(())
}

pub(crate) fn nobody_is_told_that_it_is_off_without_a_veto<K: Kind>() -> Result {
    let recorded = Recorded::<K>::new(2 * COUNT as usize)?;
    let _registrations = register_around(&recorded, 0, NotifyReturn::DONE)?;

    let (answer, heard) = recorded.call_robust()?;
    ensure!(heard.iter().copied().eq((0..COUNT).map(|id| (id, UP))));
    ensure_eq!(answer, NotifyReturn::OK);
    Ok(())
}

pub(crate) fn a_stop_on_the_way_back_ends_it<K: Kind>() -> Result {
    let recorded = Recorded::<K>::new(2 * COUNT as usize)?;
    let _one = recorded.register(4, 1, NotifyReturn::OK)?;
    let _two = K::register(
        recorded.chain.clone(),
        Priority::new(3),
        recorded.recorder(2, NotifyReturn::OK, NotifyReturn::BAD),
    )?;
    let _three = recorded.register(2, 3, NotifyReturn::OK)?;
    let _four = recorded.register(1, 4, NotifyReturn::from_error(EBUSY))?;

    let (answer, heard) = recorded.call_robust()?;
    ensure_eq!(
        &heard[..],
        &[(1, UP), (2, UP), (3, UP), (4, UP), (1, DOWN), (2, DOWN),][..],
    );
    // The answer is that to the event itself.
    ensure_eq!(answer, NotifyReturn::from_error(EBUSY));
    Ok(())
}

/// What is told is text, which stays what it is when it is taken back.
enum Text {}

impl Topic for Text {
    type Data<'a> = &'a str;
}

/// Refuses one text, and keeps what it hears in the end.
struct Listener {
    refused: Option<&'static str>,
    action: Atomic<usize>,
    length: Atomic<usize>,
}

impl Handler<Text> for Listener {
    fn notify(&self, action: usize, text: &&str) -> NotifyReturn {
        self.action.store(action, Relaxed);
        self.length.store(text.len(), Relaxed);
        match self.refused {
            Some(refused) if refused == *text => NotifyReturn::BAD,
            _ => NotifyReturn::OK,
        }
    }
}

pub(crate) fn text_is_taken_back<K: Kind>() -> Result {
    let chain = K::chain::<Text>()?;
    let register = |priority, refused| {
        let listener = Listener {
            refused,
            action: Atomic::new(usize::MAX),
            length: Atomic::new(0),
        };
        K::register(chain.clone(), Priority::new(priority), listener)
    };
    let heard = |listener| {
        let listener = K::handler::<Text, Listener>(listener);
        (listener.action.load(Relaxed), listener.length.load(Relaxed))
    };
    let first = register(2, None)?;
    let second = register(1, Some("do it"))?;

    let answer = K::call_robust(&chain, UP, DOWN, &"do it").ok_or(EOPNOTSUPP)?;
    ensure_eq!((heard(&first), heard(&second)), ((DOWN, 5), (UP, 5)));
    ensure_eq!(answer, NotifyReturn::BAD);

    let answer = K::call_robust(&chain, UP, DOWN, &"do that").ok_or(EOPNOTSUPP)?;
    ensure_eq!((heard(&first), heard(&second)), ((UP, 7), (UP, 7)));
    ensure_eq!(answer, NotifyReturn::OK);
    Ok(())
}
