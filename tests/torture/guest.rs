// SPDX-License-Identifier: GPL-2.0

//! The handlers.

use kernel::{
    prelude::*,
    sync::{
        atomic::{
            Acquire,
            Atomic,
            Full,
            Relaxed,
            Release, //
        },
        lock::{
            mutex::MutexBackend,
            spinlock::{
                SpinLockBackend,
                SpinLockIrqBackend, //
            },
        },
        rcu,
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
    context::Sleepable,
    raw,
    srcu,
    Handler,
    NotifyReturn,
    Priority, //
};

use crate::{
    breakpoint,
    event::{
        Answer,
        Event,
        DOWN,
        UP, //
    },
    kind::{
        Die,
        Register, //
    },
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
    answer: Answer,
}

impl Guest {
    fn hear(&self, (action, event): (usize, &Event), dawdle: impl FnOnce()) -> Answer {
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
        rule!(
            matches!(action, UP | DOWN),
            "called with the action {action}"
        );
        let answer = if action == UP {
            life.up.fetch_add(1, Relaxed);
            event.up.hear(life, self.answer);
            self.answer
        } else {
            life.down.fetch_add(1, Relaxed);
            event.down.hear(life, Answer::Ok);
            Answer::Ok
        };

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
    // Longer than it takes to drop a registration, less the wait for the handler.
    udelay(Delta::from_micros(200));
}

fn sleep() {
    fsleep(Delta::from_micros(100));
}

/// Implements [`Handler`] for chains whose handlers run in that context.
macro_rules! on_chains {
    ($context:ty, $dawdle:ident, $($chain:ty),*) => { $(
        impl Handler<$chain> for Guest {
            fn notify(&self, event: (usize, &Event), _: $context) -> NotifyReturn {
                self.hear(event, $dawdle).get()
            }
        }
    )* };
}

on_chains!(
    &rcu::Guard,
    spin,
    atomic::Chain<Event>,
    raw::Chain<Event, SpinLockBackend>,
    raw::Chain<Event, SpinLockIrqBackend>
);
on_chains!(
    Sleepable<'_>,
    sleep,
    blocking::Chain<Event>,
    srcu::Chain<Event>,
    raw::Chain<Event, MutexBackend>
);

impl Handler<die::Chain> for Guest {
    fn notify(&self, event: die::Event<'_>, _: &rcu::Guard) -> die::Answer {
        let Some(event) = breakpoint::event_of(&event) else {
            // None of its business.
            return die::Answer::NotHandled;
        };
        Die::tally().heard.add(1);
        if !self.hear((UP, event), spin).stops() {
            return die::Answer::NotHandled;
        }
        Die::tally().stopped.add(1);
        Die::tally().call();
        die::Answer::Handled
    }
}

/// A handler's time on a chain.
pub(crate) struct Visit<K: Register> {
    registration: Option<K::Registration>,
    pub(crate) life: Arc<Life>,
}

impl<K: Register> Visit<K> {
    /// Registers a handler.
    pub(crate) fn new(chain: Arc<K::Chain>, priority: Priority, answer: Answer) -> Result<Self> {
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
            GFP_KERNEL,
        )?;
        let guest = Guest {
            life: life.clone(),
            answer,
        };
        let registration = match K::register(chain, priority, guest) {
            Ok(registration) => registration,
            Err(error) => {
                rule!(
                    life.up.load(Relaxed) == 0,
                    "called though it was not registered"
                );
                rule!(life.is_dropped.load(Acquire), "refused, but not dropped");
                return Err(error);
            }
        };
        life.registered.store(now(), Release);
        K::tally().registered.add(1);
        Ok(Self {
            registration: Some(registration),
            life,
        })
    }
}

impl<K: Register> Drop for Visit<K> {
    fn drop(&mut self) {
        self.registration = None;
        self.life.is_gone.store(true, Release);
        rule!(
            self.life.is_dropped.load(Acquire),
            "unregistered, but not dropped"
        );
        K::tally().unregister();
    }
}
