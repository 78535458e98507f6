// SPDX-License-Identifier: GPL-2.0

//! A record of the kernel log.

use crate::{
    Datagrams,
    Text, //
};

/// One record of the kernel log, as it is sent.
///
/// # Examples
///
/// ```
/// use panic_wire::{
///     Prio,
///     Record,
///     Text, //
/// };
///
/// let record = Record {
///     prio: Prio::from_raw(6).unwrap(),
///     seq: 444,
///     usec: 12_345_678,
///     caller: None,
///     text: Text::plain(b"usb 1-1: new device"),
/// };
///
/// let mut payload = [0; 1000];
/// let len = record.datagrams().write_next(&mut payload).unwrap();
/// assert_eq!(&payload[..len], b"6,444,12345678,-;usb 1-1: new device\n");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// Who speaks, and how urgently.
    pub prio: Prio,
    /// The record's place in the log: records are numbered from 0 at boot.
    pub seq: u64,
    /// Microseconds since boot; 0 where the kernel does not say (`printk.time=0`).
    pub usec: u64,
    /// Who printed the record; [`None`] without `CONFIG_PRINTK_CALLER`.
    pub caller: Option<Caller>,
    /// What it says, without a newline at its end.
    pub text: Text<'a>,
}

impl<'a> Record<'a> {
    /// Returns the datagrams that carry this record.
    #[inline]
    pub fn datagrams(&self) -> Datagrams<'a> {
        Datagrams::new(self)
    }
}

/// A record's facility and level: `facility << 3 | level`, the number in `<6>`.
///
/// # Invariants
///
/// The number is at most [`Prio::MAX`]: a facility of 8 bits and a level of 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prio(u16);

impl Prio {
    /// The greatest number: facility 255, level 7.
    pub const MAX: u16 = 0xff << 3 | 7;

    /// The kernel's own, "system is unusable": what a panic is printed with (`KERN_EMERG`).
    pub const EMERG: Self = Self(0);

    /// Returns the priority that `raw` stands for, or [`None`] if no kernel can have sent it.
    #[inline]
    pub const fn from_raw(raw: u64) -> Option<Self> {
        if raw > Self::MAX as u64 {
            return None;
        }
        // INVARIANT: Just checked; for the same reason the cast keeps the value.
        Some(Self(raw as u16))
    }

    /// Returns `facility << 3 | level`.
    #[inline]
    pub const fn raw(self) -> u16 {
        self.0
    }

    /// Returns the urgency: 0 (emergency) to 7 (debug).
    #[inline]
    pub const fn level(self) -> u8 {
        (self.0 & 7) as u8
    }

    /// Returns who speaks: 0 is the kernel, 1 is user space, others as in syslog.
    #[inline]
    pub const fn facility(self) -> u8 {
        // By the type invariant, no bit is lost.
        (self.0 >> 3) as u8
    }
}

/// Who printed a record, in a kernel with `CONFIG_PRINTK_CALLER`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Caller {
    /// A task, by its number as the kernel counts it: `T12`.
    Task(u32),
    /// An interrupt on this CPU: `C1`.
    Cpu(u32),
}
