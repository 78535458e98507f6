// SPDX-License-Identifier: GPL-2.0

//! The handlers.

use kernel::{
    alloc::Flags,
    prelude::*,
    sync::{
        atomic::{
            Acquire,
            Atomic,
            Full,
            Relaxed,
            Release, //
        },
        Arc, //
    },
    time::{
        delay::{
            fsleep,
            udelay, //
        },
        Delta, //
    },
};
use notifier_chain::{
    atomic,
    blocking,
    chains::die,
    raw,
    srcu,
    Outcome,
    Priority, //
};

use crate::{
    event::Event,
    kind::{
        Die,
        Register,
        RegisterUnique, //
    },
    nmi,
    rank::Ranks,
    tally::rule, //
};

/// Counts what happens to handlers, so that it is known what was before what.
static CLOCK: Atomic<u64> = Atomic::new(1);

fn now() -> u64 {
    CLOCK.fetch_add(1, Full)
}

/// What becomes of a handler. It outlives it.
pub(crate) struct Life {
    pub(crate) priority: Priority,
    /// When it began to be registered.
    pub(crate) began: u64,
    /// When it was, or 0.
    registered: Atomic<u64>,
    /// Whether its registration is gone.
    is_gone: Atomic<bool>,
    /// Whether it is dropped.
    is_dropped: Atomic<bool>,
    /// How many calls of it are under way.
    inside: Atomic<u32>,
    pub(crate) up: Atomic<u64>,
    pub(crate) down: Atomic<u64>,
}

impl Life {
    /// Returns whether it was registered before another one began to be.
    pub(crate) fn was_registered_before(&self, began: u64) -> bool {
        let registered = self.registered.load(Acquire);
        registered != 0 && registered < began
    }
}

/// In one of how many calls a handler takes its time. A handler that goes too early is seen to only
/// if it goes meanwhile.
const DAWDLES_ONE_IN: u64 = 4;

/// A handler.
pub(crate) struct Guest {
    life: Arc<Life>,
    answer: Outcome,
}

impl Guest {
    fn notify(&self, event: &Event, dawdle: impl FnOnce()) -> Outcome {
        let life = &self.life;
        let inside = life.inside.fetch_add(1, Relaxed);
        rule!(
            !life.is_dropped.load(Acquire),
            "called after it was dropped"
        );
        rule!(
            !life.is_gone.load(Acquire),
            "called after it was unregistered"
        );
        let answer = if event.is_up {
            life.up.fetch_add(1, Relaxed);
            self.answer
        } else {
            life.down.fetch_add(1, Relaxed);
            Outcome::Ok
        };
        event.hear(life, answer);

        // Now and then it takes its time, so that others get in its way.
        if inside == 0 && life.up.load(Relaxed) % DAWDLES_ONE_IN == 1 {
            dawdle();
        }
        life.inside.fetch_sub(1, Release);
        answer
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        rule!(
            self.life.inside.load(Acquire) == 0,
            "dropped while it is being called"
        );
        self.life.is_dropped.store(true, Release);
    }
}

fn spin() {
    udelay(Delta::from_micros(50));
}

fn sleep() {
    fsleep(Delta::from_micros(100));
}

impl atomic::Handler<Event> for Guest {
    fn notify(&self, event: &Event, _cx: atomic::Context<'_>) -> Outcome {
        self.notify(event, spin)
    }
}

impl blocking::Handler<Event> for Guest {
    fn notify(&self, event: &Event, _cx: blocking::Context<'_>) -> Outcome {
        self.notify(event, sleep)
    }
}

impl srcu::Handler<Event> for Guest {
    fn notify(&self, event: &Event, _cx: srcu::Context<'_>) -> Outcome {
        self.notify(event, sleep)
    }
}

impl raw::Handler<Event> for Guest {
    fn notify(&self, event: &Event, _cx: raw::Context<'_>) -> Outcome {
        self.notify(event, spin)
    }
}

impl atomic::Handler<die::Event<'_>> for Guest {
    fn notify(&self, event: &die::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        let Some(event) = nmi::event_of(event) else {
            // None of its business.
            return Outcome::Done;
        };
        Die::tally().heard.add(1);
        let answer = self.notify(event, spin);
        if event.is_stopped() {
            Die::tally().stopped.add(1);
            Die::tally().call();
        }
        answer
    }
}

/// A chain, and who has which priority there.
pub(crate) struct Site<K: Register> {
    pub(crate) chain: Arc<K::Chain>,
    ranks: Ranks,
}

impl<K: Register> Site<K> {
    pub(crate) fn new(chain: Arc<K::Chain>) -> Result<Arc<Self>> {
        let ranks = Ranks::new();
        Ok(Arc::new(Self { chain, ranks }, GFP_KERNEL)?)
    }
}

/// How a handler is registered.
type Way<K> = fn(
    Arc<<K as Register>::Chain>,
    Priority,
    Guest,
    Flags,
) -> Result<<K as Register>::Registration>;

/// A handler's time on a chain.
pub(crate) struct Visit<K: Register> {
    registration: Option<K::Registration>,
    pub(crate) life: Arc<Life>,
    site: Arc<Site<K>>,
}

impl<K: Register> Visit<K> {
    /// Registers a handler.
    pub(crate) fn new(
        site: Arc<Site<K>>,
        priority: Priority,
        answer: Outcome,
        flags: Flags,
    ) -> Result<Self> {
        Self::by(K::register, false, site, priority, answer, flags)
    }

    fn by(
        register: Way<K>,
        is_unique: bool,
        site: Arc<Site<K>>,
        priority: Priority,
        answer: Outcome,
        flags: Flags,
    ) -> Result<Self> {
        let life = Arc::new(
            Life {
                priority,
                began: now(),
                registered: Atomic::new(0),
                is_gone: Atomic::new(false),
                is_dropped: Atomic::new(false),
                inside: Atomic::new(0),
                up: Atomic::new(0),
                down: Atomic::new(0),
            },
            flags,
        )?;
        let guest = Guest {
            life: life.clone(),
            answer,
        };
        let attempt = site.ranks.begin(priority);
        let registration = match register(site.chain.clone(), priority, guest, flags) {
            Ok(registration) => registration,
            Err(error) => {
                rule!(
                    error != EBUSY || !attempt.was_free(),
                    "{priority:?} was refused, and nobody had it"
                );
                rule!(
                    life.up.load(Relaxed) == 0,
                    "called though it was not registered"
                );
                rule!(life.is_dropped.load(Acquire), "refused, but not dropped");
                attempt.fail();
                return Err(error);
            }
        };
        rule!(
            !is_unique || !attempt.was_taken(),
            "{priority:?} was to be for one alone, and somebody had it already"
        );
        attempt.succeed();
        life.registered.store(now(), Release);
        K::tally().registered.add(1);
        Ok(Self {
            registration: Some(registration),
            life,
            site,
        })
    }
}

impl<K: RegisterUnique> Visit<K> {
    /// Registers a handler that wants to be the only one of its priority. Gives nothing if it
    /// cannot be.
    pub(crate) fn unique(
        site: Arc<Site<K>>,
        priority: Priority,
        answer: Outcome,
        flags: Flags,
    ) -> Result<Option<Self>> {
        match Self::by(K::register_unique, true, site, priority, answer, flags) {
            Err(EBUSY) => {
                K::tally().refused.add(1);
                Ok(None)
            }
            Err(error) => Err(error),
            Ok(visit) => {
                K::tally().unique.add(1);
                Ok(Some(visit))
            }
        }
    }
}

impl<K: Register> Drop for Visit<K> {
    fn drop(&mut self) {
        let (ranks, priority) = (&self.site.ranks, self.life.priority);
        ranks.leave(priority);
        self.registration = None;
        ranks.go(priority);
        self.life.is_gone.store(true, Release);
        rule!(
            self.life.is_dropped.load(Acquire),
            "unregistered, but not dropped"
        );
        K::tally().unregistered.add(1);
    }
}
