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
    Outcome,
    Priority, //
};

use crate::{
    event::Event,
    guest::{
        Site,
        Visit, //
    },
    kind::Die,
    nmi,
    tally::{
        rule,
        Count, //
    },
};

/// A breakpoint, and one handler behind all others who settles it.
pub(crate) struct Trap {
    site: Arc<Site<Die>>,
    settles: Visit<Die>,
    calls: Count,
}

impl Trap {
    pub(crate) fn new() -> Result<Arc<Self>> {
        let site = Site::new(Arc::new((), GFP_KERNEL)?)?;
        let trap = Self {
            settles: Visit::new(site.clone(), Priority::LAST, Outcome::Stop, GFP_KERNEL)?,
            site,
            calls: Count::new(),
        };
        Ok(Arc::new(trap, GFP_KERNEL)?)
    }

    /// Registers a handler before that one.
    pub(crate) fn visit(&self, priority: Priority) -> Result<Visit<Die>> {
        Visit::new(self.site.clone(), priority, Outcome::Done, GFP_KERNEL)
    }

    /// Runs into it.
    pub(crate) fn step_on(&self) {
        nmi::int3(&Event::new(true));
        self.calls.add(1);
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
