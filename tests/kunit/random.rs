// SPDX-License-Identifier: GPL-2.0

//! Numbers that look random, and are the same each time.

/// Marsaglia's xorshift64.
pub(crate) struct Random(u64);

impl Random {
    /// Creates the sequence of `seed`, which must not be 0.
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns the next number, which is less than `limit`.
    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        // The upper half is the more random one.
        (self.0 >> 32) as u32 % limit
    }
}
