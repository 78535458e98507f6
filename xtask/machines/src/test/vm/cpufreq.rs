// SPDX-License-Identifier: GPL-2.0

//! What handlers on the chains of cpufreq are told.

use super::{handlers::says, load, Scenario};
use crate::arch::Arch;

pub const SCENARIOS: &[Scenario] = &[Scenario {
    name: "cpufreq-changes",
    // The kernels for arm64 lack it.
    only_on: Some(Arch::X86_64),
    script: "cpufreq.sh",
    // Without the first, the kernel complains that the frequency changes. The governor asks for the highest one.
    parameters: "tsc=unstable cpufreq.default_governor=performance",
    verdict: |run| says(run, "cpufreq_events", TRIED),
    ..load::STOCK
}];

/// What the guest tries, and what the handlers must hear of it in this order.
const TRIED: &[(&str, &[&str])] = &[
    ("a driver", &["policy: Create: CPU 0 of 2"]),
    (
        "a change",
        &[
            "transition: PreChange: CPU 0 of 2: 3000000 to 2000000",
            "transition: PostChange: CPU 0 of 2: 3000000 to 2000000",
            "transition: PreChange: CPU 0 of 2: 2000000 to 3000000",
            "transition: PostChange: CPU 0 of 2: 2000000 to 3000000",
        ],
    ),
    (
        "a change that fails",
        &[
            "transition: PreChange: CPU 0 of 2: 3000000 to 1000000",
            "transition: PostChange: CPU 0 of 2: 3000000 to 1000000",
            "transition: PreChange: CPU 0 of 2: 1000000 to 3000000",
            "transition: PostChange: CPU 0 of 2: 1000000 to 3000000",
        ],
    ),
    // The CPU that was the last one to leave the policy.
    ("without the driver", &["policy: Remove: CPU 1 of 2"]),
    ("without handlers", &[]),
];
