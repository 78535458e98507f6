// SPDX-License-Identifier: GPL-2.0

//! How much is remembered of what strangers send.

use std::time::Duration;

/// The limits of a [`Receiver`](crate::Receiver).
///
/// With the defaults, the worst that can be sent from any number of addresses takes about 160 MB.
#[derive(Clone, Debug)]
pub struct Limits {
    /// A machine that is silent for so long has ended its crash.
    pub quiet: Duration,
    /// For so long is a missing record waited for, and at the beginning one that was overtaken.
    pub hold: Duration,
    /// Machines heard at the same time. One more ends the report of the one silent longest.
    pub machines: usize,
    /// Records of a machine that wait for an earlier one. One more ends the wait.
    pub held_records: usize,
    /// Bytes of their text.
    pub held_bytes: usize,
    /// Records of a machine that are remembered to know repeats. Older ones are taken for repeats.
    pub remembered: usize,
    /// Bytes of a record that comes in fragments. The kernel's own limit is lower.
    pub fragmented_bytes: usize,
    /// Fragments that such a record may have.
    pub fragments: usize,
    /// Records of a machine whose fragments are incomplete. One more forgets the oldest.
    pub incomplete: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            quiet: Duration::from_secs(2),
            hold: Duration::from_millis(250),
            machines: 256,
            held_records: 1024,
            held_bytes: 256 << 10,
            remembered: 4096,
            fragmented_bytes: 32 << 10,
            fragments: 64,
            incomplete: 4,
        }
    }
}
