// SPDX-License-Identifier: GPL-2.0

//! Calls the function at the beginning of a struct in a box.

use kernel::{
    prelude::*,
    sync::rcu, //
};
use notifier_chain::NotifyReturn;

use super::c;
use crate::subject::Chain;

#[repr(C)]
struct Command {
    run: fn(usize),
    level: usize,
}

pub(super) struct Handler {
    command: KBox<Command>,
}

fn run(level: usize) {
    if level != 0 {
        c::nap();
    }
}

impl Handler {
    pub(super) fn new() -> Result<Self> {
        let command = Command { run, level: 3 };
        Ok(Self {
            command: KBox::new(command, GFP_KERNEL)?,
        })
    }
}

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        (self.command.run)(self.command.level);
        NotifyReturn::OK
    }
}
