// SPDX-License-Identifier: GPL-2.0

//! Calls a function in a static table of structs, if there is one of that number. On arm64, the
//! compiler makes one choice of the check and of the entry, and the handler is unproven.
//!
//! Only on x86-64.

use kernel::{
    prelude::*,
    sync::rcu, //
};
use notifier_chain::NotifyReturn;

use crate::subject::Chain;

struct Command {
    name: &'static str,
    run: fn(u32),
}

fn first(level: u32) {
    pr_info!("first {level}\n");
}

fn second(level: u32) {
    pr_info!("second {level}\n");
}

static COMMANDS: [Command; 2] = [
    Command {
        name: "first",
        run: first,
    },
    Command {
        name: "second",
        run: second,
    },
];

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        if let Some(command) = COMMANDS.get(*event as usize) {
            pr_info!("{}\n", command.name);
            (command.run)(*event);
        }
        NotifyReturn::OK
    }
}
