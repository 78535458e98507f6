// SPDX-License-Identifier: GPL-2.0

//! Has work done in a second, which sleeps.

use kernel::{
    impl_has_delayed_work,
    new_delayed_work,
    prelude::*,
    sync::{
        rcu,
        Arc, //
    },
    time::{
        delay::fsleep,
        msecs_to_jiffies,
        Delta, //
    },
    workqueue::{
        self,
        DelayedWork,
        WorkItem, //
    }, //
};
use notifier_chain::NotifyReturn;

use crate::subject::Chain;

#[pin_data]
struct Report {
    #[pin]
    work: DelayedWork<Report>,
}

impl_has_delayed_work! {
    impl HasDelayedWork<Self> for Report { self.work }
}

impl WorkItem for Report {
    type Pointer = Arc<Self>;

    /// May sleep, and does: it is not called here.
    fn run(_this: Arc<Self>) {
        fsleep(Delta::from_millis(1));
    }
}

pub(super) struct Handler {
    report: Arc<Report>,
}

impl Handler {
    pub(super) fn new() -> Result<Self> {
        let report = pin_init!(Report {
            work <- new_delayed_work!("Report::work"),
        });
        Ok(Self {
            report: Arc::pin_init(report, GFP_KERNEL)?,
        })
    }
}

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        let _ = workqueue::system().enqueue_delayed(self.report.clone(), msecs_to_jiffies(1000));
        NotifyReturn::OK
    }
}
