// SPDX-License-Identifier: GPL-2.0

//! The die chain under torture, which the kernel calls at a breakpoint.

use kernel::{
    prelude::*,
    sync::{
        atomic::Relaxed,
        Arc, //
    },
};
use notifier_chain::{
    chains::die,
    Priority, //
};

use crate::{
    breakpoint,
    event::{
        Answer,
        Event, //
    },
    guest::Visit,
    kind::Die,
    tally::{
        rule,
        Count, //
    },
};

/// A breakpoint, and one handler behind all others who settles it.
pub(crate) struct Trap {
    chain: Arc<die::Chain>,
    settles: Visit<Die>,
    calls: Count,
}

impl Trap {
    pub(crate) fn new() -> Result<Arc<Self>> {
        let chain = Arc::new(die::Chain, GFP_KERNEL)?;
        let trap = Self {
            settles: Visit::new(chain.clone(), Priority::LAST, Answer::Stop)?,
            chain,
            calls: Count::new(),
        };
        Ok(Arc::new(trap, GFP_KERNEL)?)
    }

    /// Registers a handler before that one.
    pub(crate) fn visit(&self, priority: Priority) -> Result<Visit<Die>> {
        Visit::new(self.chain.clone(), priority, Answer::Done)
    }

    /// Runs into it, if there is one.
    pub(crate) fn step_on(&self) {
        if breakpoint::run_into(&Event::new()) {
            self.calls.add(1);
        }
    }
}

impl Drop for Trap {
    fn drop(&mut self) {
        // Nobody steps on it any more.
        let (heard, calls) = (self.settles.life.up.load(Relaxed), self.calls.get());
        rule!(
            heard == calls,
            "the die chain was called {calls} times, of which {heard} were heard"
        );
    }
}
