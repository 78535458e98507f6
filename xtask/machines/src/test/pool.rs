// SPDX-License-Identifier: GPL-2.0

//! Work that is done side by side, as far as the CPUs and the memory go.

use crate::pace;
use std::{
    sync::{Condvar, Mutex, PoisonError},
    thread,
    time::Duration,
};

/// MiB that other programs keep.
const RESERVE: u64 = 1024;

/// Something to do, that may be done more than once.
pub struct Job<'a> {
    pub needs: Needs,
    /// What it is likely to take. What takes longest begins first.
    pub estimate: Duration,
    pub work: Box<dyn Fn() + Send + Sync + 'a>,
}

#[derive(Clone, Copy)]
pub struct Needs {
    /// Of those that the pool has. More than there are means all.
    pub cpus: usize,
    pub memory_mib: u64,
}

/// CPUs and memory that no job has taken.
struct Free {
    cpus: usize,
    memory_mib: u64,
    running: usize,
}

/// What a job that runs has taken. It is given back also when the job panics: others wait for it.
struct Taken<'a> {
    cpus: usize,
    memory_mib: u64,
    free: &'a Mutex<Free>,
    changed: &'a Condvar,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.cpus += self.cpus;
        free.memory_mib += self.memory_mib;
        free.running -= 1;
        self.changed.notify_one();
    }
}

impl Free {
    /// What others have left: what runs here may not have taken its memory yet, and others may have taken more, or given
    /// some back.
    fn look(&mut self) {
        let there = pace::free_mib().saturating_sub(RESERVE);
        self.memory_mib = if self.running == 0 {
            there
        } else {
            self.memory_mib.min(there)
        };
    }
}

impl Needs {
    /// A compiler, a checker, a small program.
    pub const PROGRAM: Needs = Needs {
        cpus: 1,
        memory_mib: 512,
    };

    /// A build of a kernel's size, which takes every CPU that there is.
    pub const BUILD: Needs = Needs {
        cpus: usize::MAX,
        memory_mib: 2048,
    };

    fn fit(self, free: &Free, cpus: usize) -> bool {
        // Alone, anything may try.
        free.running == 0
            || (self.cpus.min(cpus) <= free.cpus && self.memory_mib <= free.memory_mib)
    }
}

impl<'a> Job<'a> {
    pub fn new(needs: Needs, estimate: Duration, work: impl Fn() + Send + Sync + 'a) -> Job<'a> {
        Job {
            needs,
            estimate,
            work: Box::new(work),
        }
    }
}

/// Does each job so many times.
pub fn run(jobs: Vec<Job<'_>>, cpus: usize, times: usize) {
    let mut jobs = jobs;
    jobs.sort_by_key(|job| std::cmp::Reverse(job.estimate));
    let mut waiting: Vec<&Job<'_>> = (0..times).flat_map(|_| &jobs).collect();
    let free = Mutex::new(Free {
        cpus,
        memory_mib: pace::free_mib().saturating_sub(RESERVE),
        running: 0,
    });
    let changed = Condvar::new();
    let lock = || free.lock().unwrap_or_else(PoisonError::into_inner);
    thread::scope(|scope| {
        let mut now = lock();
        while !waiting.is_empty() {
            now.look();
            let Some(next) = waiting.iter().position(|job| job.needs.fit(&now, cpus)) else {
                now = changed.wait(now).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let job = waiting.remove(next);
            // Not what it asks for where that is more than there is.
            let (took_cpus, took_mib) = (
                job.needs.cpus.min(now.cpus),
                job.needs.memory_mib.min(now.memory_mib),
            );
            now.cpus -= took_cpus;
            now.memory_mib -= took_mib;
            now.running += 1;
            let taken = Taken {
                cpus: took_cpus,
                memory_mib: took_mib,
                free: &free,
                changed: &changed,
            };
            scope.spawn(move || {
                let _taken = taken;
                (job.work)();
            });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    /// The most jobs of these needs that are done at once.
    fn at_once(needs: &[Needs], cpus: usize) -> usize {
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let jobs = needs.iter().map(|&needs| {
            Job::new(needs, Duration::ZERO, || {
                most.fetch_max(now.fetch_add(1, SeqCst) + 1, SeqCst);
                thread::sleep(Duration::from_millis(20));
                now.fetch_sub(1, SeqCst);
            })
        });
        run(jobs.collect(), cpus, 2);
        most.into_inner()
    }

    #[test]
    fn cpus_and_memory_are_kept_to() {
        let one = Needs {
            cpus: 1,
            memory_mib: 1,
        };
        assert!(at_once(&[one; 6], 2) <= 2);
        assert_eq!(at_once(&[Needs { cpus: 4, ..one }; 3], 2), 1);
        let greedy = Needs {
            cpus: 1,
            memory_mib: u64::MAX,
        };
        assert_eq!(at_once(&[greedy; 3], 8), 1);
    }

    #[test]
    fn a_job_that_panics_holds_up_no_other() {
        let needs = Needs {
            cpus: 2,
            memory_mib: 1,
        };
        let ran = AtomicUsize::new(0);
        let jobs = [true, false].map(|panics| {
            let ran = &ran;
            Job::new(needs, Duration::from_secs(panics.into()), move || {
                assert!(!panics, "on purpose");
                ran.fetch_add(1, SeqCst);
            })
        });
        let run = std::panic::AssertUnwindSafe(|| run(jobs.into(), 2, 1));
        assert!(std::panic::catch_unwind(run).is_err());
        assert_eq!(ran.into_inner(), 1);
    }

    #[test]
    fn what_takes_longest_begins_first() {
        let order = Mutex::new(Vec::new());
        let needs = Needs {
            cpus: 1,
            memory_mib: 1,
        };
        let jobs = [1, 3, 2].map(|seconds| {
            let order = &order;
            Job::new(needs, Duration::from_secs(seconds), move || {
                order.lock().unwrap().push(seconds)
            })
        });
        run(jobs.into(), 1, 1);
        assert_eq!(*order.lock().unwrap(), [3, 2, 1]);
    }
}
