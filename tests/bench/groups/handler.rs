// SPDX-License-Identifier: GPL-2.0

//! What a handler needs: nothing, the event, its own state.

use kernel::{
    bindings::notifier_fn_t,
    prelude::*, //
};

use super::call::times;
use crate::{
    chains::{
        OfC,
        OfRust, //
    },
    handlers::{
        c,
        Idle,
        Shared,
        Stateful,
        Typed, //
    },
    kind::{
        for_each_kind,
        Handler,
        Kind, //
    },
    rounds::Comparison,
};

/// How many of them are on the chain.
const LENGTH: usize = 16;

pub(super) fn run() -> Result {
    for_each_kind!(of_kind)
}

fn of_kind<K: Kind>() -> Result {
    twins::<K, _>("idle", Some(c::notifier_chain_bench_idle), Idle::new)?;
    twins::<K, _>("typed", Some(c::notifier_chain_bench_typed), Typed::new)?;
    twins::<K, _>(
        "stateful",
        Some(c::notifier_chain_bench_stateful),
        Stateful::new,
    )?;
    twins::<K, _>("atomic", Some(c::notifier_chain_bench_shared), Shared::new)
}

fn twins<K: Kind, T: Handler>(
    name: &str,
    callback: notifier_fn_t,
    handler: impl Fn() -> T,
) -> Result {
    // SAFETY: Those above are in `c/handlers.h`.
    let c = unsafe { OfC::<K>::new(1, LENGTH, callback) }?;
    let rust = OfRust::<K, _>::new(1, LENGTH, handler)?;
    let times = times(LENGTH);
    Comparison {
        measures: ["handlers"],
        what: format_args!("kind={} handler={}", K::NAME, name),
        calls: times,
        slow: false,
    }
    .run(
        |round| [c.call(1, times, round)],
        |round| [rust.call(1, times, round)],
    );
    Ok(())
}
