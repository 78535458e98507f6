// SPDX-License-Identifier: GPL-2.0

//! A token is lent for the call: it cannot be kept for later.

use kernel::sync::rcu;
use notifier_chain::{
    atomic,
    blocking,
    context::Sleepable,
    Handler,
    NotifyReturn,
    Topic, //
};

pub enum Level {}

impl Topic for Level {
    type Data<'a> = u32;
}

fn keep(_token: Sleepable<'static>) {}

pub struct Keeper;

impl Handler<blocking::Chain<Level>> for Keeper {
    fn notify(&self, _: (usize, &u32), cx: Sleepable<'_>) -> NotifyReturn {
        keep(cx);
        NotifyReturn::DONE
    }
}

fn keep_atomic(_token: &'static rcu::Guard) {}

impl Handler<atomic::Chain<Level>> for Keeper {
    fn notify(&self, _: (usize, &u32), cx: &rcu::Guard) -> NotifyReturn {
        keep_atomic(cx);
        NotifyReturn::DONE
    }
}
