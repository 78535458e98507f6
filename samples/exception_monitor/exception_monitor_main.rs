// SPDX-License-Identifier: GPL-2.0

//! Logs whatever befalls a kernel: it oopses, panics, runs out of memory, is told to go. And, if it
//! is asked to, what befalls tasks: they exit, and are delivered signals.
//!
//! And helps once when memory runs out: it gives back what it has kept for that.

mod log;
mod reserve;
mod tasks;

use kernel::prelude::*;
use notifier_chain::{
    chains::{
        die,
        oom,
        panic,
        reboot,
        restart, //
    },
    compat::parameter,
    context::Sleepable,
    Priority,
    Registration, //
};

use crate::{
    log::Log,
    reserve::Reserve,
    tasks::Tasks, //
};

module! {
    type: ExceptionMonitor,
    name: "exception_monitor",
    authors: ["The notifier-chain developers"],
    description: "Logs whatever befalls a kernel",
    license: "GPL",
    params: {
        tasks: u8 {
            default: 0,
            description: "Whether to log exits of tasks and signals, 0 or 1 (default: 0)",
        },
        reserve: usize {
            default: 0,
            description: "Pages to keep for when memory runs out (default: 0)",
        },
    },
}

#[pin_data]
struct ExceptionMonitor {
    #[pin]
    die: Registration<die::Chain, Log>,
    #[pin]
    oom: Registration<oom::Chain, Reserve>,
    #[pin]
    panic: Registration<panic::Chain, Log>,
    #[pin]
    reboot: Registration<reboot::Chain, Log>,
    #[pin]
    restart: Registration<restart::Chain, Log>,
    tasks: Option<Pin<KBox<Tasks>>>,
}

impl kernel::InPlaceModule for ExceptionMonitor {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        let cx = Sleepable::might_sleep();

        try_pin_init!(Self {
            die <- Registration::new(die::Chain, Priority::FIRST, Log, cx),
            oom <- Registration::new(
                oom::Chain,
                Priority::DEFAULT,
                Reserve::new(parameter(module_parameters::reserve.value())),
                cx,
            ),
            panic <- Registration::new(
                panic::Chain(c"exception_monitor"),
                Priority::FIRST,
                Log,
                cx,
            ),
            reboot <- Registration::new(reboot::Chain, Priority::FIRST, Log, cx),
            restart <- Registration::new(restart::Chain, restart::HIGHEST, Log, cx),
            tasks: match parameter::<u8>(module_parameters::tasks.value()) {
                0 => None,
                1 => Some(KBox::pin_init(Tasks::new(), GFP_KERNEL)?),
                tasks => {
                    pr_err!("tasks={}: give 0 or 1\n", tasks);
                    return Err(EINVAL);
                }
            },
        })
    }
}
