// SPDX-License-Identifier: GPL-2.0

//! A record as it was received.

use panic_wire::{unescape, Body, Caller, Datagram, Prio, PANIC_PREFIX};
use std::hash::{DefaultHasher, Hash, Hasher};

/// One complete record of a machine's kernel log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub prio: Prio,
    pub seq: u64,
    /// Microseconds since the machine's boot.
    pub usec: u64,
    pub caller: Option<Caller>,
    /// The machine's kernel release, if it says so.
    pub release: Option<Box<[u8]>>,
    /// Text and dictionary as sent: escaped.
    body: Box<[u8]>,
}

impl Record {
    /// Returns the record with the fields of `datagram` and all of the `body`.
    pub(crate) fn new(datagram: &Datagram<'_>, body: Box<[u8]>) -> Self {
        Self {
            prio: datagram.prio,
            seq: datagram.seq,
            usec: datagram.usec,
            caller: datagram.caller,
            release: datagram.release.map(Box::from),
            body,
        }
    }

    /// Returns the text and the dictionary, still escaped.
    pub fn body(&self) -> Body<'_> {
        Body::parse(&self.body)
    }

    /// Returns the text as the kernel logged it: any bytes, from anyone.
    pub fn text(&self) -> Vec<u8> {
        self.body().unescaped().collect()
    }

    /// Returns the panic's message, if this is the record that announces it.
    pub fn panic(&self) -> Option<Vec<u8>> {
        let message = self.body().text.strip_prefix(PANIC_PREFIX)?;
        Some(unescape(message).collect())
    }

    pub(crate) fn is_panic(&self) -> bool {
        self.body().text.starts_with(PANIC_PREFIX)
    }

    /// Returns the bytes that it takes to remember this.
    pub(crate) fn size(&self) -> usize {
        size_of::<Self>()
            + self.body.len()
            + self.release.as_ref().map_or(0, |release| release.len())
    }

    /// Returns what two records with the same number have in common if and only if they are repeats.
    ///
    /// That is the time. A kernel that does not print it (`printk.time=0`) leaves only the text.
    pub(crate) fn identity(&self) -> u64 {
        if self.usec > 0 {
            return self.usec;
        }
        let mut hasher = DefaultHasher::new();
        self.body().text.hash(&mut hasher);
        hasher.finish()
    }
}
