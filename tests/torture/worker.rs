// SPDX-License-Identifier: GPL-2.0

//! What a thread does to the chains.

use kernel::{
    prelude::*,
    sync::Arc, //
};
use notifier_chain::Priority;

use crate::{
    alarm::{
        Alarm,
        Hard,
        Soft, //
    },
    event::Answer,
    guest::Visit,
    kind::{
        Atomic,
        Blocking,
        Die,
        Kind,
        RawInMutex,
        RawInSpinLock,
        RawInSpinLockIrq,
        Srcu, //
    },
    nmi::Nmi,
    random::Random,
    subject::Place,
    tally::rule,
    trap::Trap, //
};

/// How many handlers of a thread are on the chains of a kind.
const GUESTS: usize = 3;

/// The chains of a kind, and this thread's handlers there.
struct Post<K: Kind> {
    place: Arc<Place<K>>,
    guests: KVec<Visit<K>>,
}

impl<K: Kind> Post<K> {
    fn new(place: &Arc<Place<K>>) -> Self {
        Self {
            place: place.clone(),
            guests: KVec::new(),
        }
    }

    fn step(&mut self, random: &mut Random) -> Result {
        match random.below(64) {
            0 => self.place.replace(),
            1..=8 if self.guests.len() < GUESTS => {
                let guest = Visit::new(
                    self.place.get().chain.clone(),
                    Priority::new(random.below(5) as i32 - 2),
                    answer(random),
                )?;
                Ok(self.guests.push(guest, GFP_KERNEL)?)
            }
            9..=16 if !self.guests.is_empty() => {
                let nth = random.below(self.guests.len() as u32) as usize;
                drop(self.guests.remove(nth).map_err(|_| EINVAL)?);
                Ok(())
            }
            17..=32 => {
                self.place.get().call_robust();
                Ok(())
            }
            _ => {
                self.place.get().call();
                Ok(())
            }
        }
    }
}

/// Most go on.
fn answer(random: &mut Random) -> Answer {
    match random.below(24) {
        0 => Answer::Stop,
        1 => Answer::Bad,
        2 => Answer::Refuse,
        nth if nth % 2 == 0 => Answer::Done,
        _ => Answer::Ok,
    }
}

/// Where all threads find all chains.
pub(crate) struct Places {
    atomic: Arc<Place<Atomic>>,
    blocking: Arc<Place<Blocking>>,
    srcu: Arc<Place<Srcu>>,
    raw_in_mutex: Arc<Place<RawInMutex>>,
    raw_in_spinlock: Arc<Place<RawInSpinLock>>,
    raw_in_spinlock_irq: Arc<Place<RawInSpinLockIrq>>,
    trap: Arc<Trap>,
    nmi: Arc<Nmi>,
}

impl Places {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self {
            atomic: Place::new()?,
            blocking: Place::new()?,
            srcu: Place::new()?,
            raw_in_mutex: Place::new()?,
            raw_in_spinlock: Place::new()?,
            raw_in_spinlock_irq: Place::new()?,
            trap: Trap::new()?,
            nmi: Arc::new(Nmi::enable()?, GFP_KERNEL)?,
        })
    }
}

/// A thread's state.
pub(crate) struct Worker {
    random: Random,
    // Where it goes: the timers have the chains as long as they ring.
    alarms: Option<(Alarm<Hard>, Alarm<Soft>)>,
    has_alarms: bool,
    atomic: Post<Atomic>,
    blocking: Post<Blocking>,
    srcu: Post<Srcu>,
    raw_in_mutex: Post<RawInMutex>,
    raw_in_spinlock: Post<RawInSpinLock>,
    raw_in_spinlock_irq: Post<RawInSpinLockIrq>,
    trap: Arc<Trap>,
    trapper: Option<Visit<Die>>,
    nmi: Arc<Nmi>,
    cpus: u32,
}

impl Worker {
    pub(crate) fn new(places: &Places, seed: u64, cpus: u32, has_alarms: bool) -> Self {
        Self {
            random: Random::new(seed),
            alarms: None,
            has_alarms,
            atomic: Post::new(&places.atomic),
            blocking: Post::new(&places.blocking),
            srcu: Post::new(&places.srcu),
            raw_in_mutex: Post::new(&places.raw_in_mutex),
            raw_in_spinlock: Post::new(&places.raw_in_spinlock),
            raw_in_spinlock_irq: Post::new(&places.raw_in_spinlock_irq),
            trap: places.trap.clone(),
            trapper: None,
            nmi: places.nmi.clone(),
            cpus,
        }
    }

    /// Does one thing, whatever it is.
    pub(crate) fn step(&mut self) {
        let result = match self.random.below(9) {
            0 => self.atomic.step(&mut self.random),
            1 => self.blocking.step(&mut self.random),
            2 => self.srcu.step(&mut self.random),
            3 => self.raw_in_mutex.step(&mut self.random),
            4 => self.raw_in_spinlock.step(&mut self.random),
            5 => self.raw_in_spinlock_irq.step(&mut self.random),
            6 => self.step_nmi(),
            7 => self.step_trap(),
            _ => self.step_alarms(),
        };
        rule!(result.is_ok(), "{result:?}");
    }

    /// Calls a chain in NMI context, on some CPU, whatever that is at.
    fn step_nmi(&mut self) -> Result {
        let subject = self.atomic.place.get();
        let nth = self.random.below(self.cpus);
        self.nmi.run(nth, &|| subject.call());
        Ok(())
    }

    /// Registers on the die chain, unregisters, or runs into a breakpoint.
    fn step_trap(&mut self) -> Result {
        match self.random.below(8) {
            0 => {
                self.trapper = None;
                let priority = Priority::new(self.random.below(3) as i32);
                self.trapper = Some(self.trap.visit(priority)?);
            }
            1 => self.trapper = None,
            _ => self.trap.step_on(),
        }
        Ok(())
    }

    /// Sets timers, on the CPU of this thread, and cleans up after them.
    fn step_alarms(&mut self) -> Result {
        if !self.has_alarms {
            return Ok(());
        }
        match &mut self.alarms {
            None => {
                let atomic = self.atomic.place.get();
                let raw = self.raw_in_spinlock_irq.place.get();
                self.alarms = Some((
                    Alarm::new(atomic.clone(), raw.clone())?,
                    Alarm::new(atomic, raw)?,
                ));
            }
            Some(_) if self.random.below(32) == 0 => self.alarms = None,
            Some((hard, soft)) => {
                hard.set()?;
                soft.set()?;
            }
        }
        Ok(())
    }
}
