// SPDX-License-Identifier: GPL-2.0

//! What is formatted on an atomic chain says what it is: `Arguments` hide it, and could drop a
//! registration of the handler.

use kernel::{
    prelude::*,
    sync::{
        rcu,
        Arc, //
    }, //
};
use notifier_chain::{
    atomic,
    context::Sleepable,
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

pub struct Print;

impl Handler<atomic::Chain<Line>> for Print {
    fn notify(
        &self,
        (_, line): (usize, &core::fmt::Arguments<'_>),
        _: &rcu::Guard,
    ) -> NotifyReturn {
        let _ = line.as_str();
        NotifyReturn::OK
    }
}

pub fn register(chain: Arc<atomic::Chain<Line>>) {
    let cx = Sleepable::might_sleep();
    let _ = Registration::new(chain, Priority::DEFAULT, Print, cx);
}
