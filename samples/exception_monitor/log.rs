// SPDX-License-Identifier: GPL-2.0

//! What happened, line by line.

use kernel::{
    prelude::*,
    sync::rcu, //
};
#[cfg(CONFIG_PRINTK)]
use notifier_chain::chains::kmsg_dump;
#[cfg(CONFIG_PM_SLEEP)]
use notifier_chain::chains::pm;
use notifier_chain::{
    chains::{
        die,
        panic,
        reboot,
        restart,
        sys_off, //
    },
    context::Sleepable,
    Handler,
    NotifyReturn, //
};

/// Logs each event with all that it says, and leaves it to others.
pub(crate) struct Log;

impl Handler<die::Chain> for Log {
    fn notify(&self, event: die::Event<'_>, _: &rcu::Guard) -> die::Answer {
        // A process traps as often as it likes, and gets a signal for it.
        if event.registers().is_some_and(die::Registers::is_user_mode) {
            return die::Answer::NotHandled;
        }

        pr_emerg!(
            "die: {:?}: {}: error {:#x}, trap {}, signal {}\n",
            event.kind(),
            event.message(),
            event.error_code(),
            event.trap(),
            event.signal(),
        );
        if let Some(registers) = event.registers() {
            pr_emerg!(
                "die: at {:#x} in {} mode\n",
                registers.instruction_pointer(),
                if registers.is_user_mode() {
                    "user"
                } else {
                    "kernel"
                },
            );
        }
        die::Answer::NotHandled
    }
}

#[cfg(CONFIG_PRINTK)]
impl Handler<kmsg_dump::Chain> for Log {
    fn notify(&self, event: kmsg_dump::Event<'_>, _: &rcu::Guard) {
        match event.description() {
            Some(description) => pr_emerg!("kmsg_dump: {:?}, {}\n", event.reason(), description),
            None => pr_emerg!("kmsg_dump: {:?}\n", event.reason()),
        }
    }
}

impl Handler<panic::Chain> for Log {
    fn notify(&self, event: panic::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        pr_emerg!(
            "panic: {}; a kdump kernel is {}\n",
            event.message(),
            if event.kdump_loaded() {
                "loaded"
            } else {
                "not loaded"
            },
        );
        NotifyReturn::DONE
    }
}

#[cfg(CONFIG_PM_SLEEP)]
impl Handler<pm::Chain> for Log {
    fn notify(&self, event: pm::Event, _: Sleepable<'_>) -> Result {
        pr_notice!("pm: {:?}\n", event.action());
        Ok(())
    }
}

impl Handler<reboot::Chain> for Log {
    fn notify(&self, event: reboot::Event<'_>, _: Sleepable<'_>) -> NotifyReturn {
        match event.command() {
            Some(command) => pr_notice!("reboot: {:?}, command {}\n", event.action(), command),
            None => pr_notice!("reboot: {:?}\n", event.action()),
        }
        NotifyReturn::DONE
    }
}

impl Handler<restart::Chain> for Log {
    fn notify(&self, event: restart::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        match event.command() {
            Some(command) => pr_notice!("restart: {:?}, command {}\n", event.mode(), command),
            None => pr_notice!("restart: {:?}\n", event.mode()),
        }
        NotifyReturn::DONE
    }
}

// It only prepares: a handler on `PowerOff` has the kernel believe that it can switch off.
impl Handler<sys_off::PowerOffPrepare> for Log {
    fn notify(&self, (): (), _: Sleepable<'_>) -> NotifyReturn {
        pr_notice!("sys_off: power-off\n");
        NotifyReturn::DONE
    }
}
