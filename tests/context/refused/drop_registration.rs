// SPDX-License-Identifier: GPL-2.0

//! Drops a registration that it finds in a static: that waits for a grace period.
//!
//! Refused: notifier_chain_might_sleep

use kernel::{
    prelude::*,
    sync::{
        rcu,
        Arc, //
    },
};
use notifier_chain::{
    context::Sleepable,
    NotifyReturn,
    Priority,
    Registration,
    TryLock, //
};

use crate::subject::Chain;

type Kept = Pin<KBox<Registration<Arc<Chain>, Other>>>;

static KEPT: TryLock<Option<Kept>> = TryLock::new(None);

struct Other;

impl notifier_chain::Handler<Chain> for Other {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        pr_info!("the other hears {event}\n");
        NotifyReturn::OK
    }
}

pub(super) struct Handler;

impl Handler {
    pub(super) fn new(chain: Arc<Chain>) -> Result<Self> {
        let other = Registration::new(chain, Priority::DEFAULT, Other, Sleepable::might_sleep());
        let other = KBox::pin_init(other, GFP_KERNEL)?;
        if let Some(mut kept) = KEPT.try_lock() {
            *kept = Some(other);
        }
        Ok(Self)
    }
}

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        drop(KEPT.try_lock().and_then(|mut kept| kept.take()));
        NotifyReturn::OK
    }
}
