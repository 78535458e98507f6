// SPDX-License-Identifier: GPL-2.0

//! A handler on a chain of a driver's own answers with a `NotifyReturn`, not with a number.

use notifier_chain::{
    context::Sleepable,
    srcu,
    Handler,
    NotifyReturn,
    Topic, //
};

pub enum Level {}

impl Topic for Level {
    type Data<'a> = u32;
}

pub struct Veto;

impl Handler<srcu::Chain<Level>> for Veto {
    fn notify(&self, _: (usize, &u32), _: Sleepable<'_>) -> NotifyReturn {
        -16
    }
}
