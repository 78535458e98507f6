// SPDX-License-Identifier: GPL-2.0

//! Sleeps in one of two implementations of a trait, of which its state has some.
//!
//! Refused: Melody -> fsleep

use kernel::{
    prelude::*,
    sync::rcu,
    time::{
        delay::fsleep,
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

struct Melody(i64);

impl Tone for Melody {
    fn play(&self, level: u32) {
        for _ in 0..level {
            fsleep(Delta::from_millis(self.0));
        }
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
                KBox::new(Melody(2), GFP_KERNEL)?,
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
