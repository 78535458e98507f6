// SPDX-License-Identifier: GPL-2.0

//! One call of a chain, and how its cost grows with the length of the chain.

use kernel::prelude::*;

use crate::{
    aim::{
        Aim,
        Callbacks, //
    },
    chains::{
        OfC,
        OfRust, //
    },
    handlers::Copied,
    kind::{
        for_each_kind,
        Kind, //
    },
    rounds::Comparison,
};

/// How many notifiers are on the chain.
pub(super) const LENGTHS: [usize; 7] = [0, 1, 4, 16, 64, 256, 1024];

/// How many notifiers are called, at least, before they get new callbacks.
const STEPS: usize = 64;

/// How often they do in a batch.
const AIMS: u32 = 8;

pub(super) fn run() -> Result {
    for_each_kind!(of_kind)
}

fn of_kind<K: Kind>() -> Result {
    let of_c = Callbacks::of_c();
    let of_rust = Callbacks::of_rust::<K>()?;
    for length in LENGTHS {
        let many = if length == 0 {
            1
        } else {
            STEPS.div_ceil(length)
        };
        // SAFETY: It is one of those in `c/handlers.h`.
        let mut c = unsafe { OfC::<K>::new(many, length, of_c.any()) }?;
        let mut rust = OfRust::<K, _>::new(many, length, Copied::<0>::new)?;

        // One chain again and again; or several, with new callbacks each time.
        for (aim, count, times, aims) in [
            (Aim::Predicted, 1, times(length), 1),
            (Aim::Unpredicted, many, 1, AIMS),
        ] {
            if length == 0 && matches!(aim, Aim::Unpredicted) {
                continue;
            }
            let again = |batch: &mut dyn FnMut() -> u64| [(0..aims).map(|_| batch()).sum()];
            Comparison {
                measures: ["calls"],
                what: format_args!(
                    "kind={} length={} callbacks={}",
                    K::NAME,
                    length,
                    aim.name()
                ),
                calls: count as u32 * times * aims,
                slow: false,
            }
            .run(
                |round| {
                    again(&mut || {
                        c.aim(count, &of_c, aim, round);
                        c.call(count, times, round)
                    })
                },
                |round| {
                    again(&mut || {
                        rust.aim(count, &of_rust, aim, round);
                        rust.call(count, times, round)
                    })
                },
            );
        }
    }
    Ok(())
}

/// How often a chain is called so that it takes some microseconds, however long it is.
pub(super) fn times(length: usize) -> u32 {
    1 + 4096 / (4 + length as u32)
}
