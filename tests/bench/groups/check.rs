// SPDX-License-Identifier: GPL-2.0

//! Whether the comparison itself is right: C is as fast as C, and faster than C that was slowed
//! down.

use kernel::{
    bindings::notifier_fn_t,
    prelude::*, //
};

use super::call::times;
use crate::{
    chains::OfC,
    handlers::c,
    kind::Atomic,
    rounds::Comparison, //
};

/// How many notifiers are on the chain.
const LENGTH: usize = 16;

pub(super) fn run() -> Result {
    beside("same", Some(c::notifier_chain_bench_stateful))?;
    beside("slowed", Some(c::notifier_chain_bench_slowed))
}

fn beside(name: &str, callback: notifier_fn_t) -> Result {
    // SAFETY: All of these are in `c/handlers.h`.
    let (c, other) = unsafe {
        (
            OfC::<Atomic>::new(1, LENGTH, Some(c::notifier_chain_bench_stateful))?,
            OfC::<Atomic>::new(1, LENGTH, callback)?,
        )
    };
    let times = times(LENGTH);
    Comparison {
        measures: ["checks"],
        what: format_args!("twin={}", name),
        calls: times,
        slow: false,
    }
    .run(
        |round| [c.call(1, times, round)],
        |round| [other.call(1, times, round)],
    );
    Ok(())
}
