// SPDX-License-Identifier: GPL-2.0

//! Calls a function far into a struct that is shared.

use kernel::{
    prelude::*,
    sync::{
        rcu,
        Arc, //
    }, //
};
use notifier_chain::NotifyReturn;

use super::c;
use crate::subject::Chain;

#[repr(C)]
struct Command {
    levels: [usize; 5],
    run: fn(),
}

pub(super) struct Handler {
    command: Arc<Command>,
}

impl Handler {
    pub(super) fn new() -> Result<Self> {
        let command = Command {
            levels: [1, 2, 3, 4, 5],
            run: c::nap,
        };
        Ok(Self {
            command: Arc::new(command, GFP_KERNEL)?,
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
