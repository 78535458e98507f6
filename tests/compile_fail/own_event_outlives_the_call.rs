// SPDX-License-Identifier: GPL-2.0

//! An event is lent for the call.

use kernel::{
    prelude::*,
    sync::Mutex, //
};
use notifier_chain::{
    blocking,
    context::Sleepable,
    Handler,
    NotifyReturn,
    Topic, //
};

pub enum Line {}

impl Topic for Line {
    type Data<'a> = &'a str;
}

#[pin_data]
pub struct Journal {
    #[pin]
    pub last: Mutex<Option<&'static str>>,
}

impl Handler<blocking::Chain<Line>> for Journal {
    fn notify(&self, (_, line): (usize, &&str), _: Sleepable<'_>) -> NotifyReturn {
        *self.last.lock() = Some(line);
        NotifyReturn::OK
    }
}
