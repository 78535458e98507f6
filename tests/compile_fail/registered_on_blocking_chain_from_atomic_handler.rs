// SPDX-License-Identifier: GPL-2.0

//! What an atomic handler is given does not do to register on a blocking chain.

use kernel::sync::{
    rcu,
    Arc, //
};
use notifier_chain::{
    atomic,
    blocking,
    context::Sleepable,
    Handler,
    NotifyReturn,
    Priority,
    Registration,
    Topic, //
};

pub enum Level {}

impl Topic for Level {
    type Data<'a> = u32;
}

pub struct Silent;

impl Handler<blocking::Chain<Level>> for Silent {
    fn notify(&self, _: (usize, &u32), _: Sleepable<'_>) -> NotifyReturn {
        NotifyReturn::DONE
    }
}

pub struct Recruiter {
    pub to: Arc<blocking::Chain<Level>>,
}

impl Handler<atomic::Chain<Level>> for Recruiter {
    fn notify(&self, _: (usize, &u32), cx: &rcu::Guard) -> NotifyReturn {
        let _ = Registration::new(self.to.clone(), Priority::DEFAULT, Silent, cx);
        NotifyReturn::DONE
    }
}
