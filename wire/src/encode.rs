// SPDX-License-Identifier: GPL-2.0

//! Records into datagrams.
//!
//! C source: `send_ext_msg_udp()` in
//! [`drivers/net/netconsole.c`](srctree/drivers/net/netconsole.c).

use crate::{
    decimal,
    escape::{
        escape,
        Escaped, //
    },
    text,
    Caller,
    Prio,
    Record,
    Text,
    MAX_PAYLOAD, //
};

/// The datagrams that carry one record: one, or several fragments if the record is long.
///
/// Made by [`Record::datagrams`]. Each call of [`write_next`] does a bounded amount of work, in the
/// caller's buffer only.
///
/// [`write_next`]: Self::write_next
#[derive(Clone, Debug)]
pub struct Datagrams<'a> {
    header: Header,
    body: Escaping<'a>,
    /// Bytes of the escaped body, its newline included.
    total: usize,
    /// Bytes of it that are already written.
    sent: usize,
}

impl<'a> Datagrams<'a> {
    pub(crate) fn new(record: &Record<'a>) -> Self {
        let body = Escaping::new(record.text);
        Self {
            header: Header {
                prio: record.prio,
                seq: record.seq,
                usec: record.usec,
                caller: record.caller,
            },
            // The total must be in the first fragment already: read the text once to count. Not
            // `count()`, whose addition may panic in a kernel that checks overflows.
            total: body.clone().fold(0, |total, _| total.saturating_add(1)),
            body,
            sent: 0,
        }
    }

    /// Writes the payload of the next datagram to the beginning of `payload`.
    ///
    /// Returns how many bytes it has, or [`None`] when the record is complete.
    ///
    /// A payload is at most [`MAX_PAYLOAD`] bytes long, and less in a shorter buffer. Fragments
    /// count as netconsole's do: offset and total are bytes of the escaped text with its newline. A
    /// buffer without room for the fields and one byte of the text (128 bytes always have it) ends
    /// the record.
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
    ///     prio: Prio::EMERG,
    ///     seq: 1,
    ///     usec: 2,
    ///     caller: None,
    ///     text: Text::plain(b"a longer story"),
    /// };
    ///
    /// let mut datagrams = record.datagrams();
    /// let mut payload = [0; 29];
    /// assert_eq!(datagrams.write_next(&mut payload), Some(23));
    /// assert_eq!(&payload[..23], b"0,1,2,-;a longer story\n");
    /// assert_eq!(datagrams.write_next(&mut payload), None);
    ///
    /// let mut datagrams = record.datagrams();
    /// let mut payload = [0; 22];
    /// let len = datagrams.write_next(&mut payload).unwrap();
    /// assert_eq!(&payload[..len], b"0,1,2,-,ncfrag=0/15;a ");
    /// let len = datagrams.write_next(&mut payload).unwrap();
    /// assert_eq!(&payload[..len], b"0,1,2,-,ncfrag=2/15;lo");
    /// ```
    pub fn write_next(&mut self, payload: &mut [u8]) -> Option<usize> {
        if self.sent >= self.total {
            return None;
        }
        self.write_some(payload).or_else(|| {
            // There is no use in trying again: make sure that a caller's loop ends.
            self.sent = self.total;
            None
        })
    }

    /// Writes the whole record, or else the next fragment; [`None`] if not one byte of it fits.
    fn write_some(&mut self, payload: &mut [u8]) -> Option<usize> {
        let mut out = Writer::new(payload);

        self.header.write(&mut out)?;
        if self.sent > 0 || out.room() < self.total.saturating_add(1) {
            out.all(b",ncfrag=")?;
            // The casts keep the value: no address space has more than 64 bits.
            out.decimal(self.sent as u64)?;
            out.one(b'/')?;
            out.decimal(self.total as u64)?;
        }
        out.one(b';')?;

        // Room first: a byte taken from the body must not be lost for want of it.
        let start = self.sent;
        while out.room() > 0 {
            let Some(byte) = self.body.next() else { break };
            out.one(byte)?;
            self.sent = self.sent.saturating_add(1);
        }
        (self.sent > start).then_some(out.len)
    }
}

/// The fields that every datagram of a record begins with.
#[derive(Clone, Debug)]
struct Header {
    prio: Prio,
    seq: u64,
    usec: u64,
    caller: Option<Caller>,
}

impl Header {
    /// Writes `<prio>,<seq>,<usec>,-[,caller=<caller>]`.
    ///
    /// The flag is always `-`: what a log reader gets does not say whether a record was continued.
    fn write(&self, out: &mut Writer<'_>) -> Option<()> {
        out.decimal(u64::from(self.prio.raw()))?;
        out.one(b',')?;
        out.decimal(self.seq)?;
        out.one(b',')?;
        out.decimal(self.usec)?;
        out.all(b",-")?;

        let (letter, number) = match self.caller {
            None => return Some(()),
            Some(Caller::Task(number)) => (b'T', number),
            Some(Caller::Cpu(number)) => (b'C', number),
        };
        out.all(b",caller=")?;
        out.one(letter)?;
        out.decimal(u64::from(number))
    }
}

/// The body as it is sent: the escaped text and a newline.
#[derive(Clone, Debug)]
struct Escaping<'a> {
    text: text::Bytes<'a>,
    /// What is left of the byte of text that is being sent. A fragment may end within it.
    current: Option<Escaped>,
    ended: bool,
}

impl<'a> Escaping<'a> {
    fn new(text: Text<'a>) -> Self {
        Self {
            text: text::Bytes::new(text),
            current: None,
            ended: false,
        }
    }
}

impl Iterator for Escaping<'_> {
    type Item = u8;

    #[inline]
    fn next(&mut self) -> Option<u8> {
        if let Some(byte) = self.current.as_mut().and_then(Iterator::next) {
            return Some(byte);
        }
        if let Some(byte) = self.text.next() {
            return self.current.insert(escape(byte)).next();
        }
        // The text is over; its newline follows, once.
        self.current = None;
        if self.ended {
            return None;
        }
        self.ended = true;
        Some(b'\n')
    }
}

/// Writes to the beginning of a buffer; [`None`] when it is full.
struct Writer<'b> {
    buf: &'b mut [u8],
    len: usize,
}

impl<'b> Writer<'b> {
    fn new(payload: &'b mut [u8]) -> Self {
        let limit = payload.len().min(MAX_PAYLOAD);
        Self {
            buf: payload.get_mut(..limit).unwrap_or_default(),
            len: 0,
        }
    }

    fn room(&self) -> usize {
        self.buf.len().saturating_sub(self.len)
    }

    fn one(&mut self, byte: u8) -> Option<()> {
        *self.buf.get_mut(self.len)? = byte;
        self.len = self.len.saturating_add(1);
        Some(())
    }

    fn all(&mut self, bytes: &[u8]) -> Option<()> {
        bytes.iter().try_for_each(|&byte| self.one(byte))
    }

    fn decimal(&mut self, value: u64) -> Option<()> {
        decimal::digits(value).try_for_each(|digit| self.one(digit))
    }
}
