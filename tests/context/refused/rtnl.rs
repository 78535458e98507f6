// SPDX-License-Identifier: GPL-2.0

//! Takes the lock of the network devices.
//!
//! Refused: rtnl_lock

use notifier_chain::{
    atomic,
    Outcome, //
};

use super::c;

pub(super) struct Handler;

impl atomic::Handler<u32> for Handler {
    fn notify(&self, _event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        c::rtnl_lock();
        c::rtnl_unlock();
        Outcome::Ok
    }
}
