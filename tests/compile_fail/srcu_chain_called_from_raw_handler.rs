// SPDX-License-Identifier: GPL-2.0

//! What a handler on a raw chain is given does not do to call an SRCU chain: nobody knows what lock
//! is held.

use kernel::sync::Arc;
use notifier_chain::{
    raw,
    srcu,
    Outcome, //
};

pub struct Relay {
    pub to: Arc<srcu::Chain<u32>>,
}

impl raw::Handler<u32> for Relay {
    fn notify(&self, event: &u32, cx: raw::Context<'_>) -> Outcome {
        self.to.call(cx, event).last()
    }
}
