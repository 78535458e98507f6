// SPDX-License-Identifier: GPL-2.0

//! A chain under torture.

use kernel::{
    new_mutex,
    prelude::*,
    sync::{
        atomic::Relaxed,
        Arc,
        Mutex, //
    },
};
use notifier_chain::Priority;

use crate::{
    event::{
        Answer,
        Event,
        Hearing, //
    },
    guest::Visit,
    kind::Kind,
    tally::{
        rule,
        Count, //
    },
};

/// A chain, with one handler before all others and one behind them, who stay as long as it is
/// called. The first hears of every call, the other of those that nobody has stopped.
pub(crate) struct Subject<K: Kind> {
    pub(crate) chain: Arc<K::Chain>,
    first: Visit<K>,
    last: Visit<K>,
    calls: Count,
    stopped: Count,
    taken_back: Count,
}

impl<K: Kind> Subject<K> {
    pub(crate) fn new() -> Result<Arc<Self>> {
        let chain = K::chain()?;
        rule!(K::is_empty(&chain), "somebody is on a new chain");
        let resident = |priority| Visit::new(chain.clone(), priority, Answer::Ok);
        let subject = Self {
            first: resident(Priority::FIRST)?,
            last: resident(Priority::LAST)?,
            chain: chain.clone(),
            calls: Count::new(),
            stopped: Count::new(),
            taken_back: Count::new(),
        };
        Ok(Arc::new(subject, GFP_KERNEL)?)
    }

    /// Calls the chain.
    pub(crate) fn call(&self) {
        let event = Event::new();
        event.up.compare(K::call(&self.chain, &event));
        self.note(&event.up);
    }

    /// Calls the chain with a way back, if its kind has that.
    pub(crate) fn call_robust(&self) {
        let event = Event::new();
        let Some(returned) = K::call_robust(&self.chain, &event) else {
            return;
        };
        let Event { up, down } = &event;
        up.compare(returned);
        self.note(up);
        K::tally().robust.add(1);
        let before = if up.is_stopped() { up.heard() - 1 } else { 0 };
        rule!(
            down.heard() == before,
            "{before} have heard before the one who refused, and {} that it is off",
            down.heard()
        );
        if up.is_stopped() {
            self.taken_back.add(1);
            K::tally().taken_back.add(1);
        }
    }

    fn note(&self, up: &Hearing) {
        K::tally().call();
        K::tally().heard.add(up.heard());
        self.calls.add(1);
        if up.is_stopped() {
            self.stopped.add(1);
            K::tally().stopped.add(1);
        }
    }
}

impl<K: Kind> Drop for Subject<K> {
    fn drop(&mut self) {
        // Nobody calls any more.
        let (first, last) = (&self.first.life, &self.last.life);
        let counted = [
            first.up.load(Relaxed),
            first.down.load(Relaxed),
            last.up.load(Relaxed),
            last.down.load(Relaxed),
        ];
        let (calls, stopped) = (self.calls.get(), self.stopped.get());
        let expected = [calls, self.taken_back.get(), calls - stopped, 0];
        rule!(
            counted == expected,
            "{}: those who stay have heard {counted:?} instead of {expected:?}",
            K::NAME
        );
        K::tally().dropped.add(1);
    }
}

/// Where all find the chain that is under torture now.
#[pin_data]
pub(crate) struct Place<K: Kind> {
    #[pin]
    subject: Mutex<Arc<Subject<K>>>,
}

impl<K: Kind> Place<K> {
    pub(crate) fn new() -> Result<Arc<Self>> {
        let subject = Subject::new()?;
        Arc::pin_init(
            pin_init!(Self {
                subject <- new_mutex!(subject),
            }),
            GFP_KERNEL,
        )
    }

    pub(crate) fn get(&self) -> Arc<Subject<K>> {
        self.subject.lock().clone()
    }

    /// Puts another one there. The old one goes with the last who has it.
    pub(crate) fn replace(&self) -> Result {
        let new = Subject::new()?;
        let old = core::mem::replace(&mut *self.subject.lock(), new);
        drop(old);
        Ok(())
    }
}
