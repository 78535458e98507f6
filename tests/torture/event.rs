// SPDX-License-Identifier: GPL-2.0

//! What the chains tell: each handler writes down in it that it was there.

use core::cell::Cell;

use notifier_chain::{
    Outcome,
    Priority,
    Verdict, //
};

use crate::{
    guest::Life,
    tally::rule, //
};

/// An event, and who has heard of it.
pub(crate) struct Event {
    pub(crate) is_up: bool,
    heard: Cell<u64>,
    /// The priority of the latest handler, and of those with that priority when the newest began to
    /// be registered.
    latest: Cell<Option<(Priority, u64)>>,
    answer: Cell<Outcome>,
    stopped_by: Cell<Option<Priority>>,
}

impl Event {
    /// Creates the event, or the one that takes it back.
    pub(crate) const fn new(is_up: bool) -> Self {
        Self {
            is_up,
            heard: Cell::new(0),
            latest: Cell::new(None),
            answer: Cell::new(Outcome::Done),
            stopped_by: Cell::new(None),
        }
    }

    /// Takes note that a handler has heard of it.
    pub(crate) fn hear(&self, life: &Life, answer: Outcome) {
        rule!(
            self.stopped_by.get().is_none(),
            "called after somebody has stopped the chain"
        );
        self.heard.set(self.heard.get() + 1);
        self.answer.set(answer);
        if !matches!(answer, Outcome::Done | Outcome::Ok) {
            self.stopped_by.set(Some(life.priority));
        }

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
        self.stopped_by.get().is_some()
    }

    /// Compares what has come of the call with what the handlers have answered.
    pub(crate) fn compare(&self, verdict: Verdict) {
        rule!(
            verdict.is_stopped() == self.is_stopped()
                && verdict.stopped_by() == self.stopped_by.get()
                && verdict.last() == self.answer.get(),
            "{verdict:?}, but the last answer was {:?}, and {:?} stopped the chain",
            self.answer.get(),
            self.stopped_by.get()
        );
    }
}
