// SPDX-License-Identifier: GPL-2.0

//! Allocates a page with `GFP_KERNEL`, in a function that is inlined.
//!
//! Refused: alloc_pages

use kernel::{
    page::Page,
    prelude::*,
    sync::rcu, //
};
use notifier_chain::NotifyReturn;

use crate::subject::Chain;

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        if Page::alloc_page(GFP_KERNEL).is_err() {
            return NotifyReturn::BAD;
        }
        NotifyReturn::OK
    }
}
