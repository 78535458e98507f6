// SPDX-License-Identifier: GPL-2.0

//! What was done, how often, and what went wrong.

use core::fmt;

use kernel::{
    prelude::*,
    sync::atomic::{
        Atomic,
        Relaxed, //
    },
};

use crate::context::Context;

/// How often something was done.
pub(crate) struct Count(Atomic<u64>);

impl Count {
    pub(crate) const fn new() -> Self {
        Self(Atomic::new(0))
    }

    pub(crate) fn add(&self, more: u64) {
        self.0.fetch_add(more, Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// What was done to the chains of a kind.
pub(crate) struct Tally {
    pub(crate) registered: Count,
    unregistered: Count,
    /// How many of these where one may not sleep.
    unregistered_in_interrupts: Count,
    /// By [`Context`].
    called: [Count; 4],
    pub(crate) robust: Count,
    pub(crate) heard: Count,
    pub(crate) stopped: Count,
    pub(crate) taken_back: Count,
    pub(crate) dropped: Count,
}

impl Tally {
    pub(crate) const fn new() -> Self {
        Self {
            registered: Count::new(),
            unregistered: Count::new(),
            unregistered_in_interrupts: Count::new(),
            called: [const { Count::new() }; 4],
            robust: Count::new(),
            heard: Count::new(),
            stopped: Count::new(),
            taken_back: Count::new(),
            dropped: Count::new(),
        }
    }

    /// Takes note of a call, of either sort, from where it comes.
    pub(crate) fn call(&self) {
        self.called[Context::here() as usize].add(1);
    }

    /// Takes note that a handler was unregistered, from where it was.
    pub(crate) fn unregister(&self) {
        self.unregistered.add(1);
        if !matches!(Context::here(), Context::Task) {
            self.unregistered_in_interrupts.add(1);
        }
    }

    /// Prints it.
    pub(crate) fn print(&self, kind: &str) {
        let [task, softirq, hardirq, nmi] = &self.called;
        pr_info!(
            "{kind}: {} called in tasks, {} in softirqs, {} in hardirqs, {} in NMIs, \
             {} robustly, {} heard, {} stopped, {} taken back, {} registered, {} unregistered, \
             {} unregistered in interrupts, {} chains dropped\n",
            task.get(),
            softirq.get(),
            hardirq.get(),
            nmi.get(),
            self.robust.get(),
            self.heard.get(),
            self.stopped.get(),
            self.taken_back.get(),
            self.registered.get(),
            self.unregistered.get(),
            self.unregistered_in_interrupts.get(),
            self.dropped.get()
        );
    }
}

/// How often a rule was broken.
static VIOLATIONS: Count = Count::new();

/// How many of these are told.
const TOLD: u64 = 20;

/// Takes note that a rule was broken.
pub(crate) fn violated(rule: fmt::Arguments<'_>) {
    VIOLATIONS.add(1);
    if VIOLATIONS.get() <= TOLD {
        pr_err!("violated: {rule}\n");
    }
}

/// Returns how often a rule was broken.
pub(crate) fn violations() -> u64 {
    VIOLATIONS.get()
}

/// Takes note if a rule does not hold.
macro_rules! rule {
    ($holds:expr, $($rule:tt)+) => {
        if !$holds {
            $crate::tally::violated(format_args!($($rule)+));
        }
    };
}
pub(crate) use rule;
