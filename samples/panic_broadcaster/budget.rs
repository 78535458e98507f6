// SPDX-License-Identifier: GPL-2.0

//! How long a panic may be held up.

use kernel::{
    bindings::ktime_get_mono_fast_ns,
    time::{
        delay::udelay,
        Delta, //
    },
};

/// The time that is left to broadcast in, of all panics together: one may happen inside another.
pub(crate) struct Budget {
    left_ns: u64,
    seen_ns: u64,
}

impl Budget {
    /// Creates one of that many milliseconds, whose clock stands.
    pub(crate) fn new(limit_ms: u32) -> Self {
        Self {
            left_ns: u64::from(limit_ms).saturating_mul(1_000_000),
            seen_ns: 0,
        }
    }

    /// Starts the clock.
    pub(crate) fn start(&mut self) {
        self.seen_ns = now();
    }

    /// Takes off what has passed since it was last asked. Returns whether there is time left.
    pub(crate) fn is_left(&mut self) -> bool {
        self.take_off(0);
        self.left_ns > 0
    }

    /// Waits for `us` microseconds, and takes them off even where the clock has stopped with the
    /// machine.
    pub(crate) fn wait(&mut self, us: u32) {
        udelay(Delta::from_micros(i64::from(us)));
        self.take_off(u64::from(us).saturating_mul(1000));
    }

    fn take_off(&mut self, at_least: u64) {
        let now = now();
        // A clock that wraps goes back.
        let passed = now.saturating_sub(self.seen_ns).max(at_least);
        self.seen_ns = now;
        self.left_ns = self.left_ns.saturating_sub(passed);
    }
}

/// The time, from the one clock that may be read wherever the machine has crashed.
fn now() -> u64 {
    // SAFETY: This takes no lock, and may be called in any context, NMI included.
    unsafe { ktime_get_mono_fast_ns() }
}
