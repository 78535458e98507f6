// SPDX-License-Identifier: GPL-2.0

//! What the chains tell: each handler writes down in it that it was there.

use core::cell::Cell;

use kernel::prelude::*;
use notifier_chain::{
    NotifyReturn,
    Priority,
    Topic, //
};

use crate::{
    guest::Life,
    tally::rule, //
};

/// The action of the event, and that of the one that takes it back.
pub(crate) const UP: usize = 1;
pub(crate) const DOWN: usize = 2;

/// What handlers answer, and what that means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Done,
    Ok,
    Stop,
    Bad,
    Refuse,
}

impl Answer {
    pub(crate) fn get(self) -> NotifyReturn {
        match self {
            Self::Done => NotifyReturn::DONE,
            Self::Ok => NotifyReturn::OK,
            Self::Stop => NotifyReturn::STOP,
            Self::Bad => NotifyReturn::BAD,
            Self::Refuse => NotifyReturn::from_error(EAGAIN),
        }
    }

    pub(crate) fn stops(self) -> bool {
        !matches!(self, Self::Done | Self::Ok)
    }

    fn result(self) -> Result {
        match self {
            Self::Bad => Err(EPERM),
            Self::Refuse => Err(EAGAIN),
            _ => Ok(()),
        }
    }
}

/// An event, and who has heard of it.
pub(crate) struct Event {
    pub(crate) up: Hearing,
    pub(crate) down: Hearing,
}

impl Topic for Event {
    type Data<'a> = Self;
}

impl Event {
    pub(crate) const fn new() -> Self {
        Self {
            up: Hearing::new(),
            down: Hearing::new(),
        }
    }
}

/// Who has heard of one action.
pub(crate) struct Hearing {
    heard: Cell<u64>,
    /// The priority of the latest handler, and of those with that priority when the newest began to
    /// be registered.
    latest: Cell<Option<(Priority, u64)>>,
    answer: Cell<Answer>,
}

impl Hearing {
    const fn new() -> Self {
        Self {
            heard: Cell::new(0),
            latest: Cell::new(None),
            answer: Cell::new(Answer::Done),
        }
    }

    /// Takes note that a handler has heard of it.
    pub(crate) fn hear(&self, life: &Life, answer: Answer) {
        rule!(
            !self.is_stopped(),
            "called after somebody has stopped the chain"
        );
        self.heard.set(self.heard.get() + 1);
        self.answer.set(answer);

        let mut newest = life.began;
        if let Some((priority, began)) = self.latest.get() {
            rule!(
                life.priority <= priority,
                "{:?} was called after {priority:?}",
                life.priority
            );
            if life.priority == priority {
                rule!(
                    !life.was_registered_before(began),
                    "called after one of the same priority that was registered later"
                );
                newest = newest.max(began);
            }
        }
        self.latest.set(Some((life.priority, newest)));
    }

    /// Returns how many have heard of it.
    pub(crate) fn heard(&self) -> u64 {
        self.heard.get()
    }

    /// Returns whether somebody has stopped the chain.
    pub(crate) fn is_stopped(&self) -> bool {
        self.answer.get().stops()
    }

    /// Compares what has come of the call with what the handlers have answered.
    pub(crate) fn compare(&self, returned: NotifyReturn) {
        let last = self.answer.get();
        rule!(
            returned == last.get()
                && returned.is_stop() == last.stops()
                && returned.to_result() == last.result(),
            "{returned:?}, but the last answer was {last:?}"
        );
    }
}
