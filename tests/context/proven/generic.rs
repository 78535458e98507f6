// SPDX-License-Identifier: GPL-2.0

//! Calls a generic function.

use kernel::{
    prelude::*,
    sync::rcu, //
};
use notifier_chain::NotifyReturn;

use crate::subject::Chain;

pub(super) struct Handler;

trait Series {
    fn term(&self, n: u32) -> u64;
}

struct Fibonacci;

impl Series for Fibonacci {
    #[inline(never)]
    fn term(&self, n: u32) -> u64 {
        match n {
            0 | 1 => u64::from(n),
            _ => self.term(n - 1) + self.term(n - 2),
        }
    }
}

#[inline(never)]
fn sum<T: Series>(series: &T, count: u32) -> u64 {
    (0..count).map(|n| series.term(n)).sum()
}

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        let sum = sum(&Fibonacci, *event);
        pr_info!("{sum}\n");
        NotifyReturn::OK
    }
}
