// SPDX-License-Identifier: GPL-2.0

//! How fast this machine is. No limit hangs on the clock of a fast one: each is multiplied by what is measured here.

use std::{
    fs,
    hint::black_box,
    num::NonZero,
    path::Path,
    sync::{
        atomic::{AtomicUsize, Ordering},
        OnceLock,
    },
    thread::{self, available_parallelism},
    time::{Duration, Instant},
};

/// What the measure takes on the reference machine, on both of its CPUs at once and with nothing else to do: the machine
/// that the times in CONTRIBUTING.md were seen on.
const REFERENCE: Duration = Duration::from_millis(170);

/// A limit is there for what hangs. What is only slow, since others have the CPUs, is to come to its end.
const PATIENCE: f64 = 3.0;

/// How often it is measured. What is in the middle counts.
const MEASURES: usize = 5;

/// Numbers that are sorted in the measure.
const NUMBERS: usize = 1 << 18;

pub fn cpus() -> usize {
    available_parallelism().map_or(1, NonZero::get)
}

/// The memory that can be taken without another program's losing its own, in MiB.
pub fn free_mib() -> u64 {
    let info = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib = info
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))
        .and_then(|rest| rest.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    // Every kernel since 3.14 tells it.
    let free = kib.unwrap_or(0) / 1024;
    left_in_group().map_or(free, |left| left.min(free))
}

/// What is left of the memory that this program's control group may have, if that is limited, in MiB.
fn left_in_group() -> Option<u64> {
    let group = fs::read_to_string("/proc/self/cgroup").ok()?;
    let group = group.lines().find_map(|line| line.strip_prefix("0::/"))?;
    let folder = Path::new("/sys/fs/cgroup").join(group);
    let read = |file| -> Option<u64> {
        let text = fs::read_to_string(folder.join(file)).ok()?;
        text.trim().parse().ok()
    };
    let left = read("memory.max")?.saturating_sub(read("memory.current")?);
    Some(left / (1024 * 1024))
}

/// How many times as long this machine takes for something as the reference, with what else runs on it. Measured once.
pub fn slowness() -> f64 {
    static SLOWNESS: OnceLock<f64> = OnceLock::new();
    *SLOWNESS.get_or_init(|| {
        let mut took: Vec<_> = (0..MEASURES).map(|_| measure()).collect();
        took.sort();
        took[MEASURES / 2].as_secs_f64() / REFERENCE.as_secs_f64()
    })
}

/// How many things share the CPUs.
static SHARING: AtomicUsize = AtomicUsize::new(0);

/// Says how many things will be done at once.
pub fn share_among(jobs: usize) {
    SHARING.store(jobs, Ordering::Relaxed);
}

/// How long to wait for something that takes at most so long on the reference machine, if it has nothing else to do.
pub fn limit(reference: Duration) -> Duration {
    let crowd = SHARING.load(Ordering::Relaxed) as f64 / cpus() as f64;
    reference.mul_f64(slowness().max(1.0) * crowd.max(1.0) * PATIENCE)
}

/// What the measure takes on all CPUs at once.
fn measure() -> Duration {
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..cpus() {
            scope.spawn(sorts);
        }
    });
    start.elapsed()
}

/// What compilers and emulators do most: jumps that are hard to foresee, and memory.
fn sorts() {
    let mut state = 1_u64;
    let mut numbers: Vec<_> = (0..NUMBERS)
        .map(|_| {
            // Knuth's MMIX.
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            state
        })
        .collect();
    numbers.sort_unstable();
    black_box(numbers);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_never_shorter_than_on_the_reference() {
        let second = Duration::from_secs(1);
        assert!(limit(second) >= second.mul_f64(PATIENCE));
        assert!(free_mib() > 0);
    }
}
