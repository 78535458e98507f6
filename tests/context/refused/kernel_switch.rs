// SPDX-License-Identifier: GPL-2.0

//! Calls a function of the kernel that sleeps in one case of its `switch`. GCC for arm64 jumps to
//! the cases by a table of bytes.
//!
//! Refused on debian-arm64: context_configure_clock -> qcom_clk_alpha_pll_configure

use kernel::sync::rcu;
use notifier_chain::NotifyReturn;

use super::c;
use crate::subject::Chain;

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, _: (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        c::context_configure_clock();
        NotifyReturn::OK
    }
}
