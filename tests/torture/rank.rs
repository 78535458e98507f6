// SPDX-License-Identifier: GPL-2.0

//! Who has which priority on a chain, as far as can be known while others come and go.

use kernel::sync::atomic::{
    Acquire,
    Atomic,
    Full, //
};
use notifier_chain::Priority;

/// The priorities that guests draw. Those at either end are for the unique ones alone.
pub(crate) const DRAWN: core::ops::RangeInclusive<i32> = -3..=3;

/// How many there are, with the first and the last.
const RANKS: usize = 9;

/// Those who have the same priority. Each number only grows.
struct Rank {
    /// How many have begun to be registered.
    begun: Atomic<u64>,
    /// How many are, or were.
    registered: Atomic<u64>,
    /// How many of these have begun to go.
    leaving: Atomic<u64>,
    /// How many are gone for certain, or were refused.
    gone: Atomic<u64>,
}

impl Rank {
    const fn new() -> Self {
        Self {
            begun: Atomic::new(0),
            registered: Atomic::new(0),
            leaving: Atomic::new(0),
            gone: Atomic::new(0),
        }
    }
}

/// The priorities on a chain.
pub(crate) struct Ranks([Rank; RANKS]);

impl Ranks {
    pub(crate) const fn new() -> Self {
        Self([const { Rank::new() }; RANKS])
    }

    fn of(&self, priority: Priority) -> &Rank {
        let nth = match priority.get() {
            drawn if DRAWN.contains(&drawn) => (drawn - *DRAWN.start()) as usize,
            least if least < 0 => RANKS - 2,
            _ => RANKS - 1,
        };
        &self.0[nth]
    }

    /// Somebody begins to be registered.
    pub(crate) fn begin(&self, priority: Priority) -> Attempt<'_> {
        let rank = self.of(priority);
        let attempt = Attempt {
            rank,
            registered: rank.registered.load(Acquire),
            gone: rank.gone.load(Acquire),
        };
        rank.begun.fetch_add(1, Full);
        attempt
    }

    /// Somebody begins to go.
    pub(crate) fn leave(&self, priority: Priority) {
        self.of(priority).leaving.fetch_add(1, Full);
    }

    /// And is gone.
    pub(crate) fn go(&self, priority: Priority) {
        self.of(priority).gone.fetch_add(1, Full);
    }
}

/// Somebody's attempt to be registered, and how it was with the priority before.
pub(crate) struct Attempt<'a> {
    rank: &'a Rank,
    registered: u64,
    gone: u64,
}

impl Attempt<'_> {
    /// Returns whether somebody else has had the priority all the time since: more were registered
    /// before than have begun to go until now.
    pub(crate) fn was_taken(&self) -> bool {
        self.registered > self.rank.leaving.load(Acquire)
    }

    /// Returns whether nobody else can have had it at any time since: all that have begun until
    /// now, but for this one, were gone before.
    pub(crate) fn was_free(&self) -> bool {
        self.rank.begun.load(Acquire) == self.gone + 1
    }

    /// It has succeeded.
    pub(crate) fn succeed(self) {
        self.rank.registered.fetch_add(1, Full);
    }

    /// It has failed.
    pub(crate) fn fail(self) {
        self.rank.gone.fetch_add(1, Full);
    }
}
