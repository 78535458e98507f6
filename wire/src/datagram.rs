// SPDX-License-Identifier: GPL-2.0

//! Datagrams into records.

use crate::{
    decimal,
    Body,
    Caller,
    Malformed,
    Prio, //
};

/// What one datagram says: a record, or a fragment of one.
///
/// # Examples
///
/// ```
/// use panic_wire::{
///     Caller,
///     Datagram,
///     Fragment, //
/// };
///
/// let datagram = Datagram::parse(b"6.4.0,4,7,99,-,caller=T1,ncfrag=8/12;tail").unwrap();
/// assert_eq!(datagram.release, Some(&b"6.4.0"[..]));
/// assert_eq!((datagram.prio.level(), datagram.seq, datagram.usec), (4, 7, 99));
/// assert_eq!(datagram.caller, Some(Caller::Task(1)));
/// assert_eq!(datagram.fragment, Some(Fragment { offset: 8, total: 12 }));
/// assert_eq!(datagram.body, b"tail");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Datagram<'a> {
    /// The sender's kernel release, where netconsole is told to send it (`r`).
    pub release: Option<&'a [u8]>,
    /// Who speaks, and how urgently.
    pub prio: Prio,
    /// The record's place in the log.
    pub seq: u64,
    /// Microseconds since the sender's boot.
    pub usec: u64,
    /// Whether the record continues the one before it (flag `c`).
    pub continued: bool,
    /// Who printed the record, where the sender says so.
    pub caller: Option<Caller>,
    /// Which part of the body this is; [`None`] if it is all of it.
    pub fragment: Option<Fragment>,
    /// The body or this part of it, still escaped. [`Body::parse`] reads a complete one.
    pub body: &'a [u8],
}

/// Where a datagram's part of the body lies in all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// Bytes of the escaped body that come before this part.
    pub offset: u32,
    /// Bytes of the escaped body in all.
    pub total: u32,
}

impl<'a> Datagram<'a> {
    /// Reads the payload of a datagram.
    ///
    /// Takes what any netconsole sends: fields that are not known here are passed over. If it is a
    /// [`Fragment`], its bytes are sure to lie inside its total.
    pub fn parse(payload: &'a [u8]) -> Result<Self, Malformed> {
        let (header, body) = split_at_byte(payload, b';').ok_or(Malformed::Header)?;
        let mut fields = Fields(Some(header));
        let mut next = || fields.next().ok_or(Malformed::Header);

        let (mut prio, mut seq, mut usec, mut flags) = (next()?, next()?, next()?, next()?);
        let mut release = None;
        if !is_flags(flags) {
            // The release goes before all else, and nothing marks it: with it, the flags come
            // fifth.
            release = Some(prio);
            (prio, seq, usec, flags) = (seq, usec, flags, next()?);
        }
        if !is_flags(flags) {
            return Err(Malformed::Header);
        }

        let mut datagram = Self {
            release,
            prio: decimal::parse(prio)
                .and_then(Prio::from_raw)
                .ok_or(Malformed::Prio)?,
            seq: decimal::parse(seq).ok_or(Malformed::Seq)?,
            usec: decimal::parse(usec).ok_or(Malformed::Time)?,
            continued: flags == b"c",
            caller: None,
            fragment: None,
            body,
        };
        for field in fields {
            datagram.take_field(field)?;
        }
        Ok(datagram)
    }

    /// Returns the text and the dictionary, if this is a whole record.
    #[inline]
    pub fn whole(&self) -> Option<Body<'a>> {
        match self.fragment {
            None => Some(Body::parse(self.body)),
            Some(_) => None,
        }
    }

    fn take_field(&mut self, field: &[u8]) -> Result<(), Malformed> {
        match split_at_byte(field, b'=') {
            Some((b"caller", value)) => self.caller = Caller::parse(value),
            Some((b"ncfrag", value)) => {
                let fragment = Fragment::parse(value, self.body.len());
                if fragment.is_none() || self.fragment.is_some() {
                    return Err(Malformed::Fragment);
                }
                self.fragment = fragment;
            }
            _ => {}
        }
        Ok(())
    }
}

impl Fragment {
    /// Reads `<offset>/<total>` of a part that is `len` bytes long.
    fn parse(value: &[u8], len: usize) -> Option<Self> {
        let (offset, total) = split_at_byte(value, b'/')?;
        let fragment = Self {
            offset: decimal::parse_u32(offset)?,
            total: decimal::parse_u32(total)?,
        };
        let end = fragment.offset.checked_add(u32::try_from(len).ok()?)?;
        (len > 0 && end <= fragment.total).then_some(fragment)
    }
}

impl Caller {
    /// Reads `T<task>` or `C<cpu>`.
    pub(crate) fn parse(value: &[u8]) -> Option<Self> {
        match value.split_first()? {
            (b'T', number) => decimal::parse_u32(number).map(Self::Task),
            (b'C', number) => decimal::parse_u32(number).map(Self::Cpu),
            _ => None,
        }
    }
}

/// Returns whether `field` is the field of flags; `+` was sent by kernels before 4.10.
fn is_flags(field: &[u8]) -> bool {
    matches!(field, b"-" | b"c" | b"+")
}

/// Returns what comes before and after the first `byte`.
pub(crate) fn split_at_byte(bytes: &[u8], byte: u8) -> Option<(&[u8], &[u8])> {
    let mut parts = bytes.splitn(2, |&b| b == byte);
    Some((parts.next()?, parts.next()?))
}

/// The fields of a header, which commas separate.
struct Fields<'a>(Option<&'a [u8]>);

impl<'a> Iterator for Fields<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.0?;
        match split_at_byte(rest, b',') {
            Some((field, rest)) => {
                self.0 = Some(rest);
                Some(field)
            }
            None => self.0.take(),
        }
    }
}
