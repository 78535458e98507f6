// SPDX-License-Identifier: GPL-2.0

//! Calls a function in a static struct, of which it has a reference.

use kernel::sync::rcu;
use notifier_chain::NotifyReturn;

use super::c;
use crate::subject::Chain;

#[repr(C)]
struct Command {
    levels: [usize; 3],
    run: fn(),
}

static COMMAND: Command = Command {
    levels: [1, 2, 3],
    run: c::nap,
};

pub(super) struct Handler {
    command: &'static Command,
}

impl Handler {
    pub(super) fn new() -> Self {
        Self { command: &COMMAND }
    }
}

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        if self.command.levels[0] != 0 {
            (self.command.run)();
        }
        NotifyReturn::OK
    }
}
