// SPDX-License-Identifier: GPL-2.0

//! What handlers on the CPU PM chain are told.

use super::{handlers::says, load, Scenario};
use crate::{arch::Arch, model::DEBIAN};

pub const SCENARIOS: &[Scenario] = &[Scenario {
    name: "cpu-pm-enters-and-exits",
    on: &[DEBIAN],
    // Of these architectures, it alone has the chain.
    only_on: Some(Arch::Arm64),
    script: "cpu_pm.sh",
    verdict: |run| says(run, "cpu_pm_events", TRIED),
    ..load::DEBUG
}];

/// What the guest tries, and what the handlers must have heard of it in this order.
const TRIED: &[(&str, &[&str])] = &[
    (
        "to idle",
        &[
            "idle: Ok(())",
            "first has heard: Some(CpuEnter)",
            "first has heard: Some(ClusterEnter)",
            "first has heard: Some(ClusterExit)",
            "first has heard: Some(CpuExit)",
            "middle has heard: Some(CpuEnter)",
            "middle has heard: Some(ClusterEnter)",
            "middle has heard: Some(ClusterExit)",
            "middle has heard: Some(CpuExit)",
            "last has heard: Some(CpuEnter)",
            "last has heard: Some(ClusterEnter)",
            "last has heard: Some(ClusterExit)",
            "last has heard: Some(CpuExit)",
        ],
    ),
    (
        "to idle, refused",
        &[
            "idle: Err(ENOTTY)",
            "first has heard: Some(CpuEnter)",
            "first has heard: Some(CpuEnterFailed)",
            "middle has heard: Some(CpuEnter)",
        ],
    ),
    (
        "to idle, the power domain refused",
        &[
            "idle: Err(ENOTTY)",
            "first has heard: Some(CpuEnter)",
            "first has heard: Some(ClusterEnter)",
            "first has heard: Some(ClusterEnterFailed)",
            "first has heard: Some(CpuExit)",
            "middle has heard: Some(CpuEnter)",
            "middle has heard: Some(ClusterEnter)",
            "middle has heard: Some(CpuExit)",
            "last has heard: Some(CpuEnter)",
            "last has heard: Some(CpuExit)",
        ],
    ),
    (
        "to hibernate",
        &[
            "first has heard: Some(CpuEnter)",
            "first has heard: Some(ClusterEnter)",
            "first has heard: Some(ClusterExit)",
            "first has heard: Some(CpuExit)",
            "middle has heard: Some(CpuEnter)",
            "middle has heard: Some(ClusterEnter)",
            "middle has heard: Some(ClusterExit)",
            "middle has heard: Some(CpuExit)",
            "last has heard: Some(CpuEnter)",
            "last has heard: Some(ClusterEnter)",
            "last has heard: Some(ClusterExit)",
            "last has heard: Some(CpuExit)",
        ],
    ),
    (
        "to hibernate, refused",
        &[
            "first has heard: Some(CpuEnter)",
            "first has heard: Some(CpuEnterFailed)",
            "middle has heard: Some(CpuEnter)",
        ],
    ),
];
