// SPDX-License-Identifier: GPL-2.0

//! Asks what time it is.

use kernel::{
    prelude::*,
    time::{
        Instant,
        Monotonic, //
    }, //
};
use notifier_chain::{
    atomic,
    Outcome, //
};

pub(super) struct Handler;

impl atomic::Handler<u32> for Handler {
    fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        let now = Instant::<Monotonic>::now();
        pr_info!("{}\n", now.elapsed().as_nanos());
        Outcome::Ok
    }
}
