// SPDX-License-Identifier: GPL-2.0

//! How far around a pointer into the stack one may write: not to return addresses, and not to
//! registers that a caller has saved.

/// From `low` to before `high`, counted from the pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    pub low: i64,
    pub high: i64,
}

impl Room {
    pub const ALL: Room = Room {
        low: i64::MIN,
        high: i64::MAX,
    };

    /// Counted from `offset` further on.
    pub fn from(self, offset: i64) -> Self {
        Self {
            low: self.low.saturating_sub(offset),
            high: self.high.saturating_sub(offset),
        }
    }

    pub fn and(self, other: Self) -> Self {
        Self {
            low: self.low.max(other.low),
            high: self.high.min(other.high),
        }
    }

    pub fn has(self, offset: i32, size: u32) -> bool {
        let start = i64::from(offset);
        self.low <= start && start + i64::from(size) <= self.high
    }
}
