// SPDX-License-Identifier: GPL-2.0

//! Calls a function that lies 24 bytes into a struct in a box, as a method does in its table.

use kernel::{
    prelude::*,
    sync::rcu, //
};
use notifier_chain::NotifyReturn;

use super::c;
use crate::subject::Chain;

#[repr(C)]
struct Command {
    levels: [usize; 3],
    run: fn(),
}

pub(super) struct Handler {
    command: KBox<Command>,
}

impl Handler {
    pub(super) fn new() -> Result<Self> {
        let command = Command {
            levels: [1, 2, 3],
            run: c::nap,
        };
        Ok(Self {
            command: KBox::new(command, GFP_KERNEL)?,
        })
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
