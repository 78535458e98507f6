// SPDX-License-Identifier: GPL-2.0

//! Asks what time it is.

use kernel::{
    prelude::*,
    sync::rcu,
    time::{
        Instant,
        Monotonic, //
    }, //
};
use notifier_chain::NotifyReturn;

use crate::subject::Chain;

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        let now = Instant::<Monotonic>::now();
        pr_info!("{}\n", now.elapsed().as_nanos());
        NotifyReturn::OK
    }
}
