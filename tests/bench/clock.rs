// SPDX-License-Identifier: GPL-2.0

//! The clock that both twins are measured with.

use kernel::{
    prelude::*,
    sync::atomic::{
        Atomic,
        Relaxed, //
    }, //
};

mod c {
    unsafe extern "C" {
        pub(super) safe fn notifier_chain_bench_ticks() -> u64;
        pub(super) safe fn notifier_chain_bench_ns() -> u64;
    }
}

/// How many ticks it takes to look at the clock.
static LOOK: Atomic<u64> = Atomic::new(0);

/// Returns the time in ticks of the CPU's counter.
#[inline]
pub(crate) fn ticks() -> u64 {
    c::notifier_chain_bench_ticks()
}

/// Returns how many ticks `work` takes.
pub(crate) fn time<R>(work: impl FnOnce() -> R) -> u64 {
    let look = LOOK.load(Relaxed);
    let start = ticks();
    work();
    (ticks() - start).saturating_sub(look)
}

/// Finds out how long a tick is, and how long it takes to look at the clock.
pub(crate) fn calibrate() {
    let (ns, start) = (c::notifier_chain_bench_ns(), ticks());
    while c::notifier_chain_bench_ns() - ns < 100_000_000 {}
    let (ns, ticks) = (c::notifier_chain_bench_ns() - ns, ticks() - start);

    // The counter may go in large steps, which a mean evens out. The least of some of them was not
    // interrupted.
    let look = (0..50).map(|_| (0..1000).map(|_| time(|| ())).sum::<u64>() / 1000);
    let look = look.min().unwrap_or(0);
    LOOK.store(look, Relaxed);
    pr_info!("clock ticks={} ns={} look={}\n", ticks, ns, look);
}
