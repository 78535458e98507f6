// SPDX-License-Identifier: GPL-2.0

//! Calls the function of one entry of a table, of which it has a reference.

use kernel::sync::rcu;
use notifier_chain::NotifyReturn;

use super::c;
use crate::subject::Chain;

struct Command {
    name: &'static str,
    level: usize,
    run: fn(),
}

static COMMANDS: [Command; 2] = [
    Command {
        name: "first",
        level: 1,
        run: c::nap,
    },
    Command {
        name: "second",
        level: 2,
        run: c::nap,
    },
];

pub(super) struct Handler {
    commands: &'static [Command],
}

impl Handler {
    pub(super) fn new() -> Self {
        Self {
            commands: &COMMANDS,
        }
    }
}

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        if let Some(command) = self.commands.get(*event as usize) {
            if !command.name.is_empty() && command.level != 0 {
                (command.run)();
            }
        }
        NotifyReturn::OK
    }
}
