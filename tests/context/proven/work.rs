// SPDX-License-Identifier: GPL-2.0

//! Has work done later, which sleeps.

use kernel::{
    impl_has_work,
    new_work,
    prelude::*,
    sync::{
        rcu,
        Arc, //
    },
    time::{
        delay::fsleep,
        Delta, //
    },
    workqueue::{
        self,
        Work,
        WorkItem, //
    }, //
};
use notifier_chain::NotifyReturn;

use crate::subject::Chain;

#[pin_data]
struct Report {
    #[pin]
    work: Work<Report>,
}

impl_has_work! {
    impl HasWork<Self> for Report { self.work }
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
            work <- new_work!("Report::work"),
        });
        Ok(Self {
            report: Arc::pin_init(report, GFP_KERNEL)?,
        })
    }
}

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        let _ = workqueue::system().enqueue(self.report.clone());
        NotifyReturn::OK
    }
}
