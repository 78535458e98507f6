// SPDX-License-Identifier: GPL-2.0

//! A chain that two CPUs call at once.
//!
//! Both write to the state of the same handlers, which costs more than all else. The twins have
//! handlers that the compiler makes the same instructions of: whether a number is added to in one
//! instruction or in three makes a difference here that is none between the languages.

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
    }, //
};

use super::call::times;
use crate::{
    aim::Callbacks,
    caller::Caller,
    chains::{
        OfC,
        OfRust, //
    },
    handlers::Copied,
    kind::{
        for_each_kind,
        Kind, //
    },
    rounds::Comparison,
};

mod c_stay {
    unsafe extern "C" {
        pub(super) safe fn notifier_chain_bench_stay() -> bool;
    }
}

/// How many notifiers are on the chain.
const LENGTHS: [usize; 4] = [1, 4, 16, 64];

/// What the other CPU calls.
const NOTHING: u32 = 0;
const OF_C: u32 = 1;
const OF_RUST: u32 = 2;

/// Both chains, and which of them the other CPU calls.
struct Stage<K: Kind> {
    c: OfC<K>,
    rust: OfRust<K, Copied<0>>,
    times: u32,
    called: Atomic<u32>,
    steps: Atomic<u32>,
}

impl<K: Kind> Stage<K> {
    /// What the other CPU does, again and again.
    fn step(&self) {
        match self.called.load(Acquire) {
            OF_C => _ = self.c.call(1, self.times, 0),
            OF_RUST => _ = self.rust.call(1, self.times, 0),
            _ => {}
        }
        self.steps.fetch_add(1, Release);
    }

    /// Calls a chain while the other CPU does, too.
    fn meanwhile(&self, called: u32, call: impl FnOnce() -> u64) -> u64 {
        self.called.store(called, Release);
        // One may have begun before.
        let steps = self.steps.load(Acquire);
        while self.steps.load(Acquire).wrapping_sub(steps) < 2 {}
        let ticks = call();
        self.called.store(NOTHING, Relaxed);
        ticks
    }
}

/// Returns whether there are two CPUs, and stays on the first.
pub(super) fn is_possible() -> bool {
    c_stay::notifier_chain_bench_stay()
}

pub(super) fn run() -> Result {
    for_each_kind!(of_kind)
}

fn of_kind<K: Kind>() -> Result {
    for length in LENGTHS {
        let times = times(length);
        let stage = Arc::new(
            Stage::<K> {
                // SAFETY: It is one of those in `c/handlers.h`.
                c: unsafe { OfC::new(1, length, Callbacks::of_c().any()) }?,
                rust: OfRust::new(1, length, Copied::<0>::new)?,
                // The other one goes on when this one has ended.
                times: 4 * times,
                called: Atomic::new(NOTHING),
                steps: Atomic::new(0),
            },
            GFP_KERNEL,
        )?;
        let other = stage.clone();
        let _caller = Caller::start(1, move || other.step())?;
        Comparison {
            measures: ["together"],
            what: format_args!("kind={} length={}", K::NAME, length),
            calls: times,
            // Until the other CPU has come along may take long where the host has others to serve.
            slow: true,
        }
        .run(
            |round| [stage.meanwhile(OF_C, || stage.c.call(1, times, round))],
            |round| [stage.meanwhile(OF_RUST, || stage.rust.call(1, times, round))],
        );
    }
    Ok(())
}
