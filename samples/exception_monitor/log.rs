// SPDX-License-Identifier: GPL-2.0

//! What happened, line by line.

use kernel::prelude::*;
use notifier_chain::{
    atomic,
    blocking,
    chains::{
        die,
        panic,
        reboot,
        restart, //
    },
    Outcome, //
};

/// Logs each event with all that it says, and leaves it to others.
pub(crate) struct Log;

impl atomic::Handler<die::Event<'_>> for Log {
    fn notify(&self, event: &die::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        // A process traps as often as it likes, and gets a signal for it.
        if event.registers().is_some_and(die::Registers::is_user_mode) {
            return Outcome::Done;
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
        Outcome::Done
    }
}

impl atomic::Handler<panic::Event<'_>> for Log {
    fn notify(&self, event: &panic::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        pr_emerg!(
            "panic: {}; a kdump kernel is {}\n",
            event.message(),
            if event.kdump_loaded() {
                "loaded"
            } else {
                "not loaded"
            },
        );
        Outcome::Done
    }
}

impl blocking::Handler<reboot::Event<'_>> for Log {
    fn notify(&self, event: &reboot::Event<'_>, _cx: blocking::Context<'_>) -> Outcome {
        match event.command() {
            Some(command) => pr_notice!("reboot: {:?}, command {}\n", event.action(), command),
            None => pr_notice!("reboot: {:?}\n", event.action()),
        }
        Outcome::Done
    }
}

impl atomic::Handler<restart::Event<'_>> for Log {
    fn notify(&self, event: &restart::Event<'_>, _cx: atomic::Context<'_>) -> Outcome {
        match event.command() {
            Some(command) => pr_notice!("restart: {:?}, command {}\n", event.mode(), command),
            None => pr_notice!("restart: {:?}\n", event.mode()),
        }
        Outcome::Done
    }
}
