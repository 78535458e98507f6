// SPDX-License-Identifier: GPL-2.0

//! Registering on a chain and unregistering from it.

use kernel::{
    bindings::notifier_fn_t,
    prelude::*, //
};

use super::call::LENGTHS;
use crate::{
    chains::{
        OfC,
        OfRust, //
    },
    handlers::{
        self,
        Stateful, //
    },
    kind::{
        for_each_kind,
        CKind,
        Kind, //
    },
    rounds::Comparison,
};

/// How many are registered, and then unregistered, at a time.
const AT_A_TIME: usize = 16;

mod c {
    use super::CKind;
    use kernel::prelude::*;

    unsafe extern "C" {
        pub(super) fn notifier_chain_bench_register(
            kind: CKind,
            head: *mut c_void,
            count: c_uint,
            registered: *mut u64,
            unregistered: *mut u64,
        );
    }
}

pub(super) fn run() -> Result {
    for_each_kind!(of_kind)
}

fn of_kind<K: Kind>() -> Result {
    if K::SLOW {
        of_kind_at_a_time::<K, 1>()
    } else {
        of_kind_at_a_time::<K, AT_A_TIME>()
    }
}

fn of_kind_at_a_time<K: Kind, const N: usize>() -> Result {
    for length in LENGTHS {
        let callback: notifier_fn_t = Some(handlers::c::notifier_chain_bench_stateful);
        // SAFETY: It is one of those in `c/handlers.h`.
        let c = unsafe { OfC::<K>::new(1, length, callback) }?;
        let rust = OfRust::<K, _>::new(1, length, Stateful::new)?;
        Comparison {
            measures: ["registering", "unregistering"],
            what: format_args!("kind={} length={}", K::NAME, length),
            calls: N as u32,
            slow: K::SLOW,
        }
        .run(
            |_| {
                let [mut registered, mut unregistered] = [0; 2];
                // SAFETY: The chain is valid and of this kind. Both numbers are valid for writes.
                unsafe {
                    c::notifier_chain_bench_register(
                        K::C,
                        c.head(0),
                        N as u32,
                        &mut registered,
                        &mut unregistered,
                    )
                };
                [registered, unregistered]
            },
            // There is nothing in it that could fail.
            |_| K::register_and_unregister::<N>(rust.nth(0)).unwrap_or_default(),
        );
    }
    Ok(())
}
