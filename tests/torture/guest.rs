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
    raw,
    srcu,
    Outcome,
    Priority, //
};

use crate::{
    event::Event,
    kind::Kind,
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

/// A handler's time on a chain.
pub(crate) struct Visit<K: Kind> {
    registration: Option<K::Registration>,
    pub(crate) life: Arc<Life>,
}

impl<K: Kind> Visit<K> {
    /// Registers a handler.
    pub(crate) fn new(
        chain: Arc<K::Chain>,
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
        let registration = K::register(chain, priority, guest, flags)?;
        life.registered.store(now(), Release);
        K::tally().registered.add(1);
        Ok(Self {
            registration: Some(registration),
            life,
        })
    }
}

impl<K: Kind> Drop for Visit<K> {
    fn drop(&mut self) {
        self.registration = None;
        self.life.is_gone.store(true, Release);
        rule!(
            self.life.is_dropped.load(Acquire),
            "unregistered, but not dropped"
        );
        K::tally().unregistered.add(1);
    }
}
