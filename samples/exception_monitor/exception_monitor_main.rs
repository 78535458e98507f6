// SPDX-License-Identifier: GPL-2.0

//! Logs whatever befalls a kernel: it oopses, panics, runs out of memory, sleeps, is told to go.
//! And, if it is asked to, what befalls tasks: they exit, and are delivered signals.
//!
//! And helps once when memory runs out: it gives back what it has kept for that.

mod log;
mod reserve;
mod tasks;

use kernel::prelude::*;
#[cfg(CONFIG_PRINTK)]
use notifier_chain::chains::kmsg_dump;
#[cfg(CONFIG_PM_SLEEP)]
use notifier_chain::chains::pm;
use notifier_chain::{
    chains::{
        die,
        oom,
        panic,
        reboot,
        restart,
        sys_off, //
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
    #[cfg(CONFIG_PRINTK)]
    #[pin]
    kmsg_dump: Registration<kmsg_dump::Chain, Log>,
    #[pin]
    oom: Registration<oom::Chain, Reserve>,
    #[pin]
    panic: Registration<panic::Chain, Log>,
    #[cfg(CONFIG_PM_SLEEP)]
    #[pin]
    pm: Registration<pm::Chain, Log>,
    #[pin]
    power_off: Registration<sys_off::PowerOffPrepare, Log>,
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
            #[cfg(CONFIG_PRINTK)]
            kmsg_dump <- Registration::new(
                kmsg_dump::Chain(kmsg_dump::Reason::Oops),
                Priority::DEFAULT,
                Log,
                cx,
            ),
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
            #[cfg(CONFIG_PM_SLEEP)]
            pm <- Registration::new(pm::Chain, Priority::FIRST, Log, cx),
            power_off <- Registration::new(sys_off::PowerOffPrepare, sys_off::DEFAULT, Log, cx),
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
