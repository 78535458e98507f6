// SPDX-License-Identifier: GPL-2.0

//! What an atomic handler is given does not do to attach to a tracepoint either, which may sleep.

use kernel::sync::rcu;
use notifier_chain::{
    atomic,
    chains::task_exit,
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

impl Handler<task_exit::Chain> for Silent {
    fn notify(&self, _: task_exit::Event<'_>, _: &rcu::Guard) -> NotifyReturn {
        NotifyReturn::DONE
    }
}

pub struct Recruiter;

impl Handler<atomic::Chain<Level>> for Recruiter {
    fn notify(&self, _: (usize, &u32), cx: &rcu::Guard) -> NotifyReturn {
        let _ = Registration::new(task_exit::Chain, Priority::DEFAULT, Silent, cx);
        NotifyReturn::DONE
    }
}
