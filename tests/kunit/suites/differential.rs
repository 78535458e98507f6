// SPDX-License-Identifier: GPL-2.0

//! The same operations, in a random sequence, through this crate and through the C API.

use kernel::{
    new_spinlock,
    prelude::*,
    sync::{
        Arc,
        SpinLock, //
    },
};
use notifier_chain::{
    NotifyReturn,
    Priority, //
};

use crate::{
    chain::to_errno,
    ensure::ensure_eq,
    journal::{
        Event,
        Journal,
        DOWN,
        UP, //
    },
    kind::{
        Handler,
        Kind, //
    },
    random::Random,
    reference::{
        Answer,
        Reference,
        POOL, //
    },
};

/// Each begins with empty chains.
const SEEDS: [u64; 8] = [
    1,
    2,
    3,
    5,
    0xdead_beef,
    0x1234_5678_9abc_def0,
    1 << 63,
    u64::MAX,
];

/// How many operations there are for each seed: 10,000 in all.
const STEPS: u32 = 1250;

/// A handler whose answer changes.
#[pin_data]
struct Node {
    id: u32,
    #[pin]
    answer: SpinLock<Answer>,
    journal: Arc<Journal>,
}

impl Handler<Event> for Node {
    fn notify(&self, action: usize, _data: &()) -> NotifyReturn {
        self.journal.note(self.id, action);
        self.answer.lock().ours()
    }
}

/// A registration of a [`Node`].
type Registered<K> = <K as Kind>::Registration<Event, Node>;

/// A chain in Rust, and one in C that must be just like it.
struct Pair<K: Kind> {
    chain: Arc<K::Chain<Event>>,
    // The answers of those on the chain are in their nodes; these are what the others begin with.
    answers: [Answer; POOL as usize],
    nodes: [Option<Registered<K>>; POOL as usize],
    journal: Arc<Journal>,
    reference: Reference,
    random: Random,
}

impl<K: Kind> Pair<K> {
    fn new(seed: u64) -> Result<Self> {
        Ok(Self {
            chain: K::chain()?,
            answers: [Answer::Done; POOL as usize],
            nodes: [const { None }; POOL as usize],
            journal: Journal::new(2 * POOL as usize)?,
            reference: Reference::new(K::C)?,
            random: Random::new(seed),
        })
    }

    /// Does something, and checks that both chains answer the same.
    fn step(&mut self) -> Result {
        let id = self.random.below(POOL);
        match self.random.below(16) {
            0..=5 => self.register(id),
            6..=8 if self.random.below(K::UNREGISTER_ONE_IN) > 0 => Ok(()),
            6..=8 => self.unregister(id),
            9..=11 => self.answer(id),
            12..=13 => self.call(),
            14 => self.call_robust(),
            _ => self.is_empty(),
        }
    }

    /// Mostly one of a few, so that there are many equal ones.
    fn random_priority(&mut self) -> i32 {
        match self.random.below(16) {
            0 => i32::MIN,
            1 => i32::MAX,
            _ => self.random.below(9) as i32 - 4,
        }
    }

    /// Mostly one that lets the walk go on, so that some come to the end.
    fn random_answer(&mut self) -> Answer {
        match self.random.below(32) {
            0 => Answer::Stop,
            1 => Answer::Bad,
            2..=3 => Answer::Refuse(Error::from_errno(-1 - self.random.below(4095) as i32)),
            4..=17 => Answer::Done,
            _ => Answer::Ok,
        }
    }

    fn node(&self, id: u32) -> impl PinInit<Node> {
        let answer = self.answers[id as usize];
        let journal = self.journal.clone();
        pin_init!(Node {
            id,
            answer <- new_spinlock!(answer),
            journal,
        })
    }

    fn register(&mut self, id: u32) -> Result {
        if self.nodes[id as usize].is_some() {
            return Ok(());
        }
        let priority = self.random_priority();

        let ours = K::register(self.chain.clone(), Priority::new(priority), self.node(id));
        let theirs = self.reference.register(id, priority);
        ensure_eq!(ours.as_ref().err(), theirs.as_ref().err());
        self.nodes[id as usize] = ours.ok();
        Ok(())
    }

    fn unregister(&mut self, id: u32) -> Result {
        if self.nodes[id as usize].take().is_some() {
            ensure_eq!(self.reference.unregister(id), Ok(()));
        }
        Ok(())
    }

    fn answer(&mut self, id: u32) -> Result {
        let answer = self.random_answer();

        self.answers[id as usize] = answer;
        if let Some(node) = &self.nodes[id as usize] {
            *K::handler::<Event, Node>(node).answer.lock() = answer;
        }
        self.reference.answer(id, answer);
        Ok(())
    }

    fn unregister_all(self) -> Result {
        let mut registrations = KVec::with_capacity(POOL as usize, GFP_KERNEL)?;
        for registration in self.nodes.into_iter().flatten() {
            registrations.push(registration, GFP_KERNEL)?;
        }
        K::unregister_all(registrations)
    }

    fn call(&mut self) -> Result {
        let ours = K::call(&self.chain, UP, &());
        let theirs = self.reference.call();
        self.called(ours, theirs)
    }

    fn call_robust(&mut self) -> Result {
        let Some(ours) = K::call_robust(&self.chain, UP, DOWN, &()) else {
            return Ok(());
        };
        let theirs = self.reference.call_robust();
        self.called(ours, theirs)
    }

    fn called(&mut self, ours: NotifyReturn, theirs: i32) -> Result {
        ensure_eq!(ours.into_raw(), theirs);
        let errno = ours.to_result().err().map_or(0, Error::to_errno);
        ensure_eq!(errno, to_errno(theirs));
        ensure_eq!(ours.is_stop(), self.reference.stopped());
        ensure_eq!(&self.journal.take()?[..], &self.reference.heard()?[..]);
        Ok(())
    }

    fn is_empty(&self) -> Result {
        ensure_eq!(K::is_empty(&self.chain), self.reference.is_empty());
        Ok(())
    }
}

pub(crate) fn every_answer_is_that_of_c<K: Kind>() -> Result {
    for seed in SEEDS {
        let mut pair = Pair::<K>::new(seed)?;
        for step in 0..STEPS {
            pair.step()
                .inspect_err(|_| pr_err!("at step {step} of seed {seed:#x}\n"))?;
        }
        pair.unregister_all()?;
    }
    Ok(())
}
