// SPDX-License-Identifier: GPL-2.0

//! The body of a record: its text, and what is said about it.

use crate::{
    datagram::split_at_byte,
    unescape,
    Unescape, //
};

/// A complete body: the text in its first line, the dictionary in the lines that follow.
///
/// # Examples
///
/// ```
/// use panic_wire::Body;
///
/// let mut body = Body::parse(b"link is up\n SUBSYSTEM=net\n DEVICE=n2\n");
/// assert_eq!(body.text, b"link is up");
/// assert_eq!(body.dictionary.next(), Some((&b"SUBSYSTEM"[..], &b"net"[..])));
/// assert_eq!(body.dictionary.next(), Some((&b"DEVICE"[..], &b"n2"[..])));
/// assert_eq!(body.dictionary.next(), None);
/// ```
#[derive(Clone, Debug)]
pub struct Body<'a> {
    /// The text, still escaped, without its newline. See [`unescape`].
    pub text: &'a [u8],
    /// The dictionary.
    pub dictionary: Dictionary<'a>,
}

impl<'a> Body<'a> {
    /// Reads a body. Any bytes are one; a newline missing at the end does not matter.
    #[inline]
    pub fn parse(body: &'a [u8]) -> Self {
        let (text, rest) = split_at_byte(body, b'\n').unwrap_or((body, &[]));
        Self {
            text,
            dictionary: Dictionary { rest },
        }
    }

    /// Iterates over the bytes of the text, as the kernel logged it.
    #[inline]
    pub fn unescaped(&self) -> Unescape<'a> {
        unescape(self.text)
    }
}

/// What is said about a record: the keys and values of lines ` KEY=value`, both still escaped.
///
/// The kernel names a device this way (`SUBSYSTEM`, `DEVICE`), and netconsole what its user wants
/// sent with each record. Lines of another form are passed over.
#[derive(Clone, Debug)]
pub struct Dictionary<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Dictionary<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            let (line, rest) = split_at_byte(self.rest, b'\n').unwrap_or((self.rest, &[]));
            self.rest = rest;
            if let Some(entry) = line.strip_prefix(b" ") {
                if let Some(pair) = split_at_byte(entry, b'=') {
                    return Some(pair);
                }
            }
        }
        None
    }
}
