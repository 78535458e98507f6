// SPDX-License-Identifier: GPL-2.0

//! A chain whose handlers write down that they are called.

use kernel::{
    prelude::*,
    sync::Arc, //
};
use notifier_chain::{
    NotifyReturn,
    Priority, //
};

use crate::{
    journal::{
        Entry,
        Event,
        Journal,
        DOWN,
        UP, //
    },
    kind::{
        Handler,
        Kind, //
    },
};

/// A handler that notes that it was called, and answers what it is told to.
pub(crate) struct Recorder {
    id: u32,
    up: NotifyReturn,
    down: NotifyReturn,
    journal: Arc<Journal>,
}

impl Handler<Event> for Recorder {
    fn notify(&self, action: usize, _data: &()) -> NotifyReturn {
        self.journal.note(self.id, action);
        if action == DOWN {
            self.down
        } else {
            self.up
        }
    }
}

/// A chain and the journal of its handlers.
pub(crate) struct Recorded<K: Kind> {
    pub(crate) chain: Arc<K::Chain<Event>>,
    pub(crate) journal: Arc<Journal>,
}

/// A recorder on its chain.
pub(crate) type Registered<K> = <K as Kind>::Registration<Event, Recorder>;

impl<K: Kind> Recorded<K> {
    /// Creates one whose calls reach `capacity` handlers at most.
    pub(crate) fn new(capacity: usize) -> Result<Self> {
        Ok(Self {
            chain: K::chain()?,
            journal: Journal::new(capacity)?,
        })
    }

    /// Returns a handler that answers `up` and `down`.
    pub(crate) fn recorder(&self, id: u32, up: NotifyReturn, down: NotifyReturn) -> Recorder {
        let journal = self.journal.clone();
        Recorder {
            id,
            up,
            down,
            journal,
        }
    }

    /// Registers a handler that answers `up`, and [`NotifyReturn::OK`] to what takes it back.
    pub(crate) fn register(
        &self,
        priority: i32,
        id: u32,
        up: NotifyReturn,
    ) -> Result<Registered<K>> {
        K::register(
            self.chain.clone(),
            Priority::new(priority),
            self.recorder(id, up, NotifyReturn::OK),
        )
    }

    /// Calls the chain. Returns who was called, too.
    pub(crate) fn call(&self) -> Result<(NotifyReturn, KVec<Entry>)> {
        let answer = K::call(&self.chain, UP, &());
        Ok((answer, self.journal.take()?))
    }

    /// Calls the chain with a way back, if its kind has that. Returns who was called, too.
    pub(crate) fn call_robust(&self) -> Result<(NotifyReturn, KVec<Entry>)> {
        let answer = K::call_robust(&self.chain, UP, DOWN, &()).ok_or(EOPNOTSUPP)?;
        Ok((answer, self.journal.take()?))
    }
}
