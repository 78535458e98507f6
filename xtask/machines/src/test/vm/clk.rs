// SPDX-License-Identifier: GPL-2.0

//! What handlers on the chain of a clock are told.

use super::{handlers::says, load, Scenario};
use crate::{
    arch::Arch,
    model::{DEBIAN, DEBUG},
};

const CLK: Scenario = Scenario {
    script: "clk.sh",
    verdict: |run| says(run, "clk_events", TRIED),
    ..load::DEBUG
};

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "clk-rates-change",
        on: &[DEBUG],
        ..CLK
    },
    // Of Debian's kernels, only those for arm64 have clocks.
    Scenario {
        name: "clk-rates-change-stock",
        on: &[DEBIAN],
        only_on: Some(Arch::Arm64),
        ..CLK
    },
];

/// What the module tries, and what it must say of it in this order.
const TRIED: &[(&str, &[&str])] = &[
    (
        "a change",
        &[
            "first hears: PreRateChange: 1000000 to 2000000",
            "last hears: PreRateChange: 1000000 to 2000000",
            "mux hears: PreRateChange: 1000000 to 2000000",
            "first hears: PostRateChange: 1000000 to 2000000",
            "last hears: PostRateChange: 1000000 to 2000000",
            "mux hears: PostRateChange: 1000000 to 2000000",
            "set 2000000: Ok(()), is 2000000",
        ],
    ),
    ("no change", &["set 2000000: Ok(()), is 2000000"]),
    (
        "a refused change",
        &[
            "first hears: PreRateChange: 2000000 to 4000000",
            "mux hears: PreRateChange: 2000000 to 4000000",
            "first hears: AbortRateChange: 2000000 to 4000000",
            "last hears: AbortRateChange: 2000000 to 4000000",
            "mux hears: AbortRateChange: 2000000 to 4000000",
            "set 4000000: Err(-16), is 2000000",
        ],
    ),
    (
        "a change that is refused below",
        &[
            "first hears: PreRateChange: 2000000 to 3000000",
            "last hears: PreRateChange: 2000000 to 3000000",
            "mux hears: PreRateChange: 2000000 to 3000000",
            "first hears: AbortRateChange: 2000000 to 3000000",
            "last hears: AbortRateChange: 2000000 to 3000000",
            "mux hears: AbortRateChange: 2000000 to 3000000",
            "set 3000000: Err(-16), is 2000000",
        ],
    ),
    (
        "to follow another",
        &[
            "mux hears: PreRateChange: 2000000 to 8000000",
            // `notifier_from_errno(-ENOTTY)`.
            "answer 0x801a",
            "mux hears: PreRateChange: 2000000 to 8000000",
            "mux hears: PostRateChange: 2000000 to 8000000",
            "answer 0x0",
        ],
    ),
    (
        "without the first",
        &[
            "last hears: PreRateChange: 2000000 to 1000000",
            "last hears: PostRateChange: 2000000 to 1000000",
            "set 1000000: Ok(()), is 1000000",
        ],
    ),
    ("without any", &["set 2000000: Ok(()), is 2000000"]),
    // The chain that it borrowed is gone, and the kernel still looks for the clock.
    (
        "a leaked registration",
        &[
            "leaked hears: PreRateChange: 2000000 to 1000000",
            "leaked hears: PostRateChange: 2000000 to 1000000",
            "set 1000000: Ok(()), is 1000000",
        ],
    ),
];
