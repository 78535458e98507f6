// SPDX-License-Identifier: GPL-2.0

//! Calls a trait of which no implementation sleeps.

use kernel::{
    prelude::*,
    sync::rcu,
    time::{
        delay::udelay,
        Delta, //
    }, //
};
use notifier_chain::{
    context::AtomicSafe,
    NotifyReturn, //
};

use crate::subject::Chain;

trait Tone: AtomicSafe + Send + Sync {
    fn play(&self, level: u32);
}

struct Beep(u32);

impl Tone for Beep {
    fn play(&self, level: u32) {
        pr_info!("beep {} {}\n", self.0, level);
    }
}

struct Click(i64);

impl Tone for Click {
    fn play(&self, _level: u32) {
        udelay(Delta::from_micros(self.0));
    }
}

pub(super) struct Handler {
    tones: [KBox<dyn Tone>; 2],
}

impl Handler {
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            tones: [
                KBox::new(Beep(1), GFP_KERNEL)?,
                KBox::new(Click(2), GFP_KERNEL)?,
            ],
        })
    }
}

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        for tone in &self.tones {
            tone.play(*event);
        }
        NotifyReturn::OK
    }
}
