// SPDX-License-Identifier: GPL-2.0

//! An event is lent for the call.

use kernel::{
    prelude::*,
    sync::Mutex, //
};
use notifier_chain::{
    blocking,
    Outcome, //
};

#[pin_data]
pub struct Journal {
    #[pin]
    pub last: Mutex<Option<&'static str>>,
}

impl blocking::Handler<str> for Journal {
    fn notify(&self, event: &str, _cx: blocking::Context<'_>) -> Outcome {
        *self.last.lock() = Some(event);
        Outcome::Ok
    }
}
