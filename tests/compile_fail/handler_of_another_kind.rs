// SPDX-License-Identifier: GPL-2.0

//! A handler that wants to sleep is none of the panic chain.

use notifier_chain::{
    chains::panic,
    context::Sleepable,
    Handler,
    NotifyReturn, //
};

pub struct Alarm;

impl Handler<panic::Chain> for Alarm {
    fn notify(&self, _: panic::Event<'_>, _: Sleepable<'_>) -> NotifyReturn {
        NotifyReturn::DONE
    }
}
