// SPDX-License-Identifier: GPL-2.0

//! Chains that are called and changed at the same time.

use kernel::{
    prelude::*,
    sync::{
        atomic::{
            Acquire,
            Atomic,
            Relaxed,
            Release, //
        },
        Arc, //
    },
};
use notifier_chain::{
    NotifyReturn,
    Priority, //
};

use crate::{
    caller::{
        wait_until,
        Caller, //
    },
    ensure::{
        ensure,
        ensure_eq, //
    },
    journal::{
        Event,
        UP, //
    },
    kind::{
        Handler,
        Kind, //
    },
};

/// How often a handler is registered and unregistered.
const CYCLES: u32 = 1000;

/// How many threads do that at the same time. Besides, they wait for the same grace periods.
const CHANGERS: u32 = 8;

/// What becomes of a handler that comes and goes.
struct Life {
    /// How often it was called.
    called: Atomic<u32>,
    /// Whether its registration is gone.
    gone: Atomic<bool>,
    /// How often it was called nevertheless.
    called_late: Arc<Atomic<u32>>,
}

/// A handler that comes and goes.
struct Guest(Arc<Life>);

impl Handler<Event> for Guest {
    fn notify(&self, _action: usize, _data: &()) -> NotifyReturn {
        if self.0.gone.load(Acquire) {
            self.0.called_late.fetch_add(1, Relaxed);
        }
        self.0.called.fetch_add(1, Relaxed);
        NotifyReturn::OK
    }
}

/// A handler that stays.
struct Resident(Arc<Atomic<u32>>);

impl Handler<Event> for Resident {
    fn notify(&self, _action: usize, _data: &()) -> NotifyReturn {
        self.0.fetch_add(1, Relaxed);
        NotifyReturn::OK
    }
}

/// A chain, and what becomes of it.
struct Stage<K: Kind> {
    chain: Arc<K::Chain<Event>>,
    calls: Atomic<u32>,
    cycles: Atomic<u32>,
    failures: Atomic<u32>,
    called_late: Arc<Atomic<u32>>,
}

impl<K: Kind> Stage<K> {
    /// Calls the chain once.
    fn call(&self) {
        K::call(&self.chain, UP, &());
        self.calls.fetch_add(1, Relaxed);
    }

    /// Registers a handler and unregisters it.
    fn cycle(&self) -> Result {
        let cycle = self.cycles.fetch_add(1, Relaxed);
        let life = Arc::new(
            Life {
                called: Atomic::new(0),
                gone: Atomic::new(false),
                called_late: self.called_late.clone(),
            },
            GFP_KERNEL,
        )?;
        // Before or behind the one that stays.
        let priority = Priority::new(if cycle % 2 == 0 { 1 } else { -1 });
        let guest = K::register(self.chain.clone(), priority, Guest(life.clone()))?;

        // Now and then the callers come by. Else it goes as soon as it came.
        if cycle % 8 == 0 {
            wait_until(|| life.called.load(Relaxed) > 0)?;
        }
        drop(guest);
        life.gone.store(true, Release);
        Ok(())
    }
}

/// Starts a thread on the `nth` CPU that does `step` again and again.
fn start<K: Kind>(
    nth: u32,
    stage: &Arc<Stage<K>>,
    step: impl Fn(&Stage<K>) + Send + Sync + 'static,
) -> Result<Caller<impl Fn() + Send + Sync>> {
    let stage = stage.clone();
    Caller::start(nth, move || step(&stage))
}

pub(crate) fn nobody_is_called_when_unregistered<K: Kind>() -> Result {
    let resident_called = Arc::new(Atomic::new(0), GFP_KERNEL)?;
    let stage = Arc::new(
        Stage::<K> {
            chain: K::chain()?,
            calls: Atomic::new(0),
            cycles: Atomic::new(0),
            failures: Atomic::new(0),
            called_late: Arc::new(Atomic::new(0), GFP_KERNEL)?,
        },
        GFP_KERNEL,
    )?;
    let resident = K::register(
        stage.chain.clone(),
        Priority::DEFAULT,
        Resident(resident_called.clone()),
    )?;

    let callers = [
        start(0, &stage, Stage::call)?,
        start(1, &stage, Stage::call)?,
    ];
    let mut changers = KVec::new();
    for nth in 0..CHANGERS {
        let changer = start(nth % 2, &stage, |stage| {
            if stage.cycle().is_err() {
                stage.failures.fetch_add(1, Relaxed);
            }
        })?;
        changers.push(changer, GFP_KERNEL)?;
    }
    wait_until(|| stage.cycles.load(Relaxed) >= CYCLES || stage.failures.load(Relaxed) > 0)?;
    drop(changers);
    drop(callers);

    ensure_eq!(stage.failures.load(Relaxed), 0);
    ensure_eq!(stage.called_late.load(Relaxed), 0);
    // Nobody overlooked the one that stayed.
    ensure!(stage.calls.load(Relaxed) > 0);
    ensure_eq!(resident_called.load(Relaxed), stage.calls.load(Relaxed));
    // The guests have all gone.
    drop(resident);
    ensure!(K::is_empty(&stage.chain));
    Ok(())
}
