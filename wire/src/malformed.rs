// SPDX-License-Identifier: GPL-2.0

//! Why bytes are not a record.

use core::fmt;

/// Why a datagram or a log line was refused.
///
/// # Examples
///
/// ```
/// use panic_wire::{
///     Datagram,
///     Malformed, //
/// };
///
/// assert_eq!(Datagram::parse(b"GET / HTTP/1.1").unwrap_err(), Malformed::Header);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Malformed {
    /// The fields before the text are not those of a record.
    Header,
    /// The priority is not a number that a facility (8 bits) and a level (3 bits) make.
    Prio,
    /// The sequence number is not a number of 64 bits.
    Seq,
    /// The time is not a number of 64 bits.
    Time,
    /// A fragment's position is not `<offset>/<total>`, twice given, or its bytes lie outside the
    /// total.
    Fragment,
}

impl Malformed {
    /// Every reason, in the order of their discriminants: for counting them by kind.
    pub const ALL: [Self; 5] = [
        Self::Header,
        Self::Prio,
        Self::Seq,
        Self::Time,
        Self::Fragment,
    ];

    /// Returns one word for the reason.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Prio => "priority",
            Self::Seq => "sequence",
            Self::Time => "time",
            Self::Fragment => "fragment",
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl core::error::Error for Malformed {}
