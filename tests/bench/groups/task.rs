// SPDX-License-Identifier: GPL-2.0

//! What an exit and a signal cost, with the chains that this crate makes of their tracepoints.
//!
//! A tracepoint is passed as the kernel does it, and calls whoever is attached to it at the time:
//! the twins cannot both be, and are attached by turns. Without a handler nobody is.

use core::cell::Cell;

use kernel::{
    error::to_result,
    prelude::*,
    sync::rcu, //
};
use notifier_chain::{
    chains::{
        signal,
        task_exit, //
    },
    context::Sleepable,
    Handler,
    NotifyReturn,
    Priority,
    Registration, //
};

use crate::rounds::{
    self,
    Comparison, //
};

/// How many handlers there are.
const HANDLERS: [u32; 3] = [0, 1, 8];

/// How many events a batch has. It is over before the host lets another program run, most of the
/// time.
const EVENTS: u32 = 2000;

/// How many it has without a handler, when there is next to nothing to measure.
const EVENTS_UNHEARD: u32 = 64 * EVENTS;

mod c {
    use super::{
        Source,
        Twin, //
    };
    use kernel::prelude::*;

    unsafe extern "C" {
        pub(super) safe fn notifier_chain_bench_task_pass(source: Source, events: c_uint) -> u64;
        pub(super) fn notifier_chain_bench_task_attach(
            source: Source,
            twin: Twin,
            count: c_uint,
        ) -> c_int;
        pub(super) fn notifier_chain_bench_task_release(source: Source, twin: Twin, count: c_uint);
    }
}

/// `enum notifier_chain_bench_source`.
#[derive(Clone, Copy)]
#[repr(C)]
enum Source {
    Exit,
    Signal,
}

/// `enum notifier_chain_bench_twin`.
#[derive(Clone, Copy)]
#[repr(C)]
enum Twin {
    Chain,
    Probes,
}

/// The one process that a handler looks out for.
struct Lookout(i32);

impl Lookout {
    fn hear(&self, pid: i32) -> NotifyReturn {
        if pid == self.0 {
            return NotifyReturn::STOP;
        }
        NotifyReturn::DONE
    }
}

impl Handler<task_exit::Chain> for Lookout {
    fn notify(&self, event: task_exit::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        self.hear(event.pid())
    }
}

impl Handler<signal::Chain> for Lookout {
    fn notify(&self, event: signal::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        self.hear(event.pid())
    }
}

pub(super) fn run() -> Result {
    of_source("exit", Source::Exit, |cx| {
        Registration::new(task_exit::Chain, Priority::DEFAULT, Lookout(0), cx)
    })?;
    of_source("signal", Source::Signal, |cx| {
        Registration::new(signal::Chain, Priority::DEFAULT, Lookout(0), cx)
    })
}

fn of_source<R, I: PinInit<R, Error>>(
    name: &str,
    source: Source,
    register: impl Fn(Sleepable<'static>) -> I,
) -> Result {
    for handlers in HANDLERS {
        beside(name, source, handlers, Twin::Chain, &register)?;
        // Without a handler, the twins are the same.
        if handlers > 0 {
            beside(name, source, handlers, Twin::Probes, &register)?;
        }
    }
    Ok(())
}

fn beside<R, I: PinInit<R, Error>>(
    name: &str,
    source: Source,
    handlers: u32,
    twin: Twin,
    register: impl Fn(Sleepable<'static>) -> I,
) -> Result {
    let events = if handlers == 0 {
        EVENTS_UNHEARD
    } else {
        EVENTS
    };
    // Attaching takes much longer than a batch: what is attached stays for all of a round.
    let pass = || rounds::middle(|| c::notifier_chain_bench_task_pass(source, events));
    let done = Cell::new(Ok(()));
    let keep = |ticks: Result<u64>| {
        [ticks.unwrap_or_else(|error| {
            done.set(Err(error));
            0
        })]
    };
    Comparison {
        measures: ["task"],
        what: format_args!(
            "event={} handlers={} twin={}",
            name,
            handlers,
            match twin {
                Twin::Chain => "chain",
                Twin::Probes => "probes",
            }
        ),
        calls: events,
        slow: true,
    }
    .run(
        |_| keep(with_c(source, twin, handlers, pass)),
        |_| keep(with_rust(handlers, &register, pass)),
    );
    done.get()
}

/// Does `work` while so many handlers are attached in C.
fn with_c<T>(source: Source, twin: Twin, handlers: u32, work: impl FnOnce() -> T) -> Result<T> {
    // SAFETY: C has as many handlers as the last of `HANDLERS` says, none of which is attached:
    // those of another call were released before it returned.
    to_result(unsafe { c::notifier_chain_bench_task_attach(source, twin, handlers) })?;
    let done = work();
    // SAFETY: These were attached just now.
    unsafe { c::notifier_chain_bench_task_release(source, twin, handlers) };
    Ok(done)
}

/// Does `work` while so many handlers of this crate are registered.
fn with_rust<R, I: PinInit<R, Error>, T>(
    handlers: u32,
    register: impl Fn(Sleepable<'static>) -> I,
    work: impl FnOnce() -> T,
) -> Result<T> {
    let mut registrations = KVec::with_capacity(handlers as usize, GFP_KERNEL)?;
    for _ in 0..handlers {
        let registration = KBox::pin_init(register(Sleepable::might_sleep()), GFP_KERNEL)?;
        registrations.push(registration, GFP_KERNEL)?;
    }
    Ok(work())
}
