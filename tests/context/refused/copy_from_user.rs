// SPDX-License-Identifier: GPL-2.0

//! Reads the memory of a process.
//!
//! Refused: copy_from_user

use kernel::uaccess::{
    UserPtr,
    UserSlice, //
};
use notifier_chain::{
    atomic,
    Outcome, //
};

pub(super) struct Handler;

impl atomic::Handler<u32> for Handler {
    fn notify(&self, event: &u32, _cx: atomic::Context<'_>) -> Outcome {
        let mut level = 0u32.to_ne_bytes();
        let from = UserSlice::new(UserPtr::from_addr(*event as usize), level.len());
        if from.reader().read_slice(&mut level).is_err() {
            return Outcome::Bad;
        }
        Outcome::Ok
    }
}
