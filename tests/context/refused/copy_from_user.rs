// SPDX-License-Identifier: GPL-2.0

//! Reads the memory of a process.
//!
//! Refused: copy_from_user

use kernel::{
    sync::rcu,
    uaccess::{
        UserPtr,
        UserSlice, //
    }, //
};
use notifier_chain::NotifyReturn;

use crate::subject::Chain;

pub(super) struct Handler;

impl notifier_chain::Handler<Chain> for Handler {
    fn notify(&self, (_, event): (usize, &u32), _: &rcu::Guard) -> NotifyReturn {
        let mut level = 0u32.to_ne_bytes();
        let from = UserSlice::new(UserPtr::from_addr(*event as usize), level.len());
        if from.reader().read_slice(&mut level).is_err() {
            return NotifyReturn::BAD;
        }
        NotifyReturn::OK
    }
}
