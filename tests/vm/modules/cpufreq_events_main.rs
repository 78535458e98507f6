// SPDX-License-Identifier: GPL-2.0

//! Handlers on the two chains of cpufreq. They say what they hear.
//!
//! What no test brings about: fast switching. On these machines, a handler of the kernel itself,
//! which is about the clock of the CPU, excludes it.

use kernel::prelude::*;
use notifier_chain::{
    chains::cpufreq::{
        policy,
        transition,
        Policy, //
    },
    context::Sleepable,
    Handler,
    NotifyReturn,
    Priority,
    Registration, //
};

module! {
    type: CpufreqEvents,
    name: "cpufreq_events",
    authors: ["The notifier-chain developers"],
    description: "Says what becomes of the frequencies of CPUs",
    license: "GPL",
}

struct Listener;

/// The CPU that a policy is told of by, and how many it has.
fn cpus(policy: &Policy) -> (u32, u32) {
    (policy.cpu().as_u32(), policy.related_cpus().weight())
}

impl Handler<policy::Chain> for Listener {
    fn notify(&self, event: policy::Event<'_>, _: Sleepable<'_>) -> NotifyReturn {
        let (cpu, count) = cpus(event.policy());
        pr_info!("policy: {:?}: CPU {cpu} of {count}\n", event.action());
        NotifyReturn::BAD
    }
}

impl Handler<transition::Chain> for Listener {
    fn notify(&self, event: transition::Event<'_>, _: Sleepable<'_>) -> NotifyReturn {
        let (cpu, count) = cpus(event.policy());
        let (old, new) = (event.old_frequency(), event.new_frequency());
        pr_info!(
            "transition: {:?}: CPU {cpu} of {count}: {} to {}\n",
            event.action(),
            old.as_khz(),
            new.as_khz()
        );
        NotifyReturn::BAD
    }
}

#[pin_data]
struct CpufreqEvents {
    #[pin]
    policy: Registration<policy::Chain, Listener>,
    #[pin]
    transition: Registration<transition::Chain, Listener>,
}

impl kernel::InPlaceModule for CpufreqEvents {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        let cx = Sleepable::might_sleep();
        let default = Priority::DEFAULT;
        try_pin_init!(Self {
            policy <- Registration::new(policy::Chain, default, Listener, cx),
            transition <- Registration::new(transition::Chain, default, Listener, cx),
        })
    }
}
