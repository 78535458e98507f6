// SPDX-License-Identifier: GPL-2.0

//! One handler at many addresses: what a callback costs depends on where the linker has put it.

use kernel::prelude::*;

use super::call::times;
use crate::{
    aim::{
        Aim,
        Callbacks, //
    },
    chains::{
        OfC,
        OfRust, //
    },
    handlers::{
        Copied,
        COPIES, //
    },
    kind::Atomic,
    rounds::Comparison, //
};

/// How many notifiers are on the chain.
const LENGTH: usize = 16;

pub(super) fn run() -> Result {
    let of_c = Callbacks::of_c();
    let of_rust = Callbacks::of_rust::<Atomic>()?;
    // SAFETY: It is one of those in `c/handlers.h`.
    let mut c = unsafe { OfC::<Atomic>::new(1, LENGTH, of_c.any()) }?;
    let mut rust = OfRust::<Atomic, _>::new(1, LENGTH, Copied::<0>::new)?;
    let times = times(LENGTH);
    for copy in 0..COPIES as u32 {
        c.aim(1, &of_c, Aim::Predicted, copy);
        rust.aim(1, &of_rust, Aim::Predicted, copy);
        Comparison {
            measures: ["copies"],
            what: format_args!("copy={}", copy),
            calls: times,
            slow: false,
        }
        .run(
            |round| [c.call(1, times, round)],
            |round| [rust.call(1, times, round)],
        );
    }
    Ok(())
}
