// SPDX-License-Identifier: GPL-2.0

//! A handler answers with a `NotifyReturn`, not with a number.

use kernel::sync::rcu;
use notifier_chain::{
    chains::panic,
    Handler,
    NotifyReturn, //
};

pub struct Alarm;

impl Handler<panic::Chain> for Alarm {
    fn notify(&self, _: panic::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        0x8001
    }
}
