// SPDX-License-Identifier: GPL-2.0

//! Three handlers on the CPU PM chain, one of which may refuse. They note what they hear, and say
//! it when the module is unloaded.
//!
//! The C code in the module calls the chain. So does the kernel itself, when it hibernates. What no
//! test brings about: that a CPU of QEMU loses power when it is idle; that a handler refuses the
//! power domain while the machine hibernates, since the kernel does not call `cpu_pm_exit()` then,
//! without which the driver of the interrupt controller leaves interrupts off.

use kernel::{
    error::to_result,
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        rcu, //
    },
};
use notifier_chain::{
    chains::cpu_pm::{
        Action,
        Chain,
        Event, //
    },
    compat::parameter,
    context::Sleepable,
    Handler,
    Priority,
    Registration, //
};

module! {
    type: CpuPmEvents,
    name: "cpu_pm_events",
    authors: ["The notifier-chain developers"],
    description: "Notes when CPUs lose power, and refuses that",
    license: "GPL",
    params: {
        refuses: u8 {
            default: 0,
            description: "1: a CPU, 2: a power domain (default: neither)",
        },
        idle: u8 {
            default: 0,
            description: "1: the module calls the chain (default: it does not)",
        },
    },
}

// See cpu_pm_caller.h.
unsafe extern "C" {
    safe fn cpu_pm_caller_idle() -> c_int;
}

const ACTIONS: [Action; 6] = [
    Action::CpuEnter,
    Action::CpuEnterFailed,
    Action::CpuExit,
    Action::ClusterEnter,
    Action::ClusterEnterFailed,
    Action::ClusterExit,
];

/// Notes the actions, the first in the lowest digit, each by its place in [`ACTIONS`] plus one.
struct Listener {
    name: &'static CStr,
    refused: Option<Action>,
    heard: Atomic<u64>,
    count: Atomic<u32>,
}

impl Listener {
    fn new(name: &'static CStr, refused: Option<Action>) -> Self {
        Self {
            name,
            refused,
            heard: Atomic::new(0),
            count: Atomic::new(0),
        }
    }

    fn say(&self) {
        let (heard, count) = (self.heard.load(Relaxed), self.count.load(Relaxed));
        let heard = (0..count).map(|place| (heard >> (4 * place)) & 0xf);
        for action in heard {
            let action = (action as usize)
                .checked_sub(1)
                .and_then(|at| ACTIONS.get(at));
            pr_info!("{} has heard: {action:?}\n", self.name);
        }
    }
}

impl Handler<Chain> for Listener {
    fn notify(&self, event: Event, _: &rcu::Guard) -> Result {
        let action = event.action();
        let number = ACTIONS.iter().position(|&known| known == action);
        let place = self.count.load(Relaxed);
        let number = number.map_or(0, |number| number as u64 + 1);
        // There is one CPU that calls the chain.
        self.heard
            .store(self.heard.load(Relaxed) | number << (4 * place), Relaxed);
        self.count.store(place + 1, Relaxed);
        if self.refused == Some(action) {
            return Err(ENOTTY);
        }
        Ok(())
    }
}

#[pin_data(PinnedDrop)]
struct CpuPmEvents {
    #[pin]
    first: Registration<Chain, Listener>,
    #[pin]
    middle: Registration<Chain, Listener>,
    #[pin]
    last: Registration<Chain, Listener>,
}

impl kernel::InPlaceModule for CpuPmEvents {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        let refused = match parameter(module_parameters::refuses.value()) {
            1u8 => Some(Action::CpuEnter),
            2 => Some(Action::ClusterEnter),
            _ => None,
        };
        let register = |priority, name, refused| {
            let cx = Sleepable::might_sleep();
            Registration::new(Chain, priority, Listener::new(name, refused), cx)
        };

        try_pin_init!(Self {
            first <- register(Priority::FIRST, c"first", None),
            middle <- register(Priority::DEFAULT, c"middle", refused),
            last <- register(Priority::LAST, c"last", None),
            _: {
                if parameter::<u8>(module_parameters::idle.value()) != 0 {
                    pr_info!("idle: {:?}\n", to_result(cpu_pm_caller_idle()));
                }
            },
        })
    }
}

#[pinned_drop]
impl PinnedDrop for CpuPmEvents {
    fn drop(self: Pin<&mut Self>) {
        self.first.handler().say();
        self.middle.handler().say();
        self.last.handler().say();
    }
}
