// SPDX-License-Identifier: GPL-2.0

//! Calls a generic function.

use kernel::prelude::*;
use notifier_chain::{
    atomic,
    Outcome, //
};

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

impl atomic::Handler<u32> for Handler {
    fn notify(&self, event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        let sum = sum(&Fibonacci, *event);
        pr_info!("{sum}\n");
        Outcome::Ok
    }
}
