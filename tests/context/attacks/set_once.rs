// SPDX-License-Identifier: GPL-2.0

//! Calls a function that was set once.

use kernel::sync::{
    rcu,
    SetOnce, //
};
use notifier_chain::NotifyReturn;

use super::c;
use crate::subject::Chain;

static RUN: SetOnce<fn()> = SetOnce::new();

pub(super) struct Handler;

impl Handler {
    pub(super) fn new() -> Self {
        RUN.populate(c::nap);
        Self
    }
}

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        if let Some(run) = RUN.as_ref() {
            run();
        }
        NotifyReturn::OK
    }
}
