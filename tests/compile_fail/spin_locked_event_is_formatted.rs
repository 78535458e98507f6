// SPDX-License-Identifier: GPL-2.0

//! Nor on a raw chain in a spin lock.

use kernel::{
    prelude::*,
    sync::{
        lock::spinlock::SpinLockBackend,
        rcu,
        Arc, //
    }, //
};
use notifier_chain::{
    context::Sleepable,
    raw,
    Handler,
    NotifyReturn,
    Priority,
    Registration,
    Topic, //
};

pub enum Line {}

impl Topic for Line {
    type Data<'a> = core::fmt::Arguments<'a>;
}

type Chain = raw::Chain<Line, SpinLockBackend>;

pub struct Print;

impl Handler<Chain> for Print {
    fn notify(
        &self,
        (_, line): (usize, &core::fmt::Arguments<'_>),
        _: &rcu::Guard,
    ) -> NotifyReturn {
        pr_info!("{line}\n");
        NotifyReturn::OK
    }
}

pub fn register(chain: Arc<Chain>) {
    let cx = Sleepable::might_sleep();
    let _ = Registration::new(chain, Priority::DEFAULT, Print, cx);
}
