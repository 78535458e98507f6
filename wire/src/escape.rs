// SPDX-License-Identifier: GPL-2.0

//! How text is kept printable on the wire.
//!
//! C source: `msg_add_ext_text()` in [`kernel/printk/printk.c`](srctree/kernel/printk/printk.c).

use core::{
    array,
    iter::Take, //
};

/// The one or four bytes that stand for a byte of text.
pub(crate) type Escaped = Take<array::IntoIter<u8, 4>>;

/// Returns what is sent for `byte`: itself if printable, else `\x` and two hexadecimal digits.
#[inline]
pub(crate) fn escape(byte: u8) -> Escaped {
    match byte {
        b'\\' | ..b' ' | 127.. => {
            let bytes = [b'\\', b'x', hex_digit(byte >> 4), hex_digit(byte & 15)];
            bytes.into_iter().take(4)
        }
        _ => [byte, 0, 0, 0].into_iter().take(1),
    }
}

/// Returns the digit for `nibble`, which is at most 15.
#[inline]
fn hex_digit(nibble: u8) -> u8 {
    match nibble {
        0..=9 => b'0'.wrapping_add(nibble),
        _ => b'a'.wrapping_add(nibble.wrapping_sub(10)),
    }
}

/// Returns the number that the hexadecimal `digit` stands for.
#[inline]
fn hex_value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit.wrapping_sub(b'0')),
        b'a'..=b'f' => Some(digit.wrapping_sub(b'a').wrapping_add(10)),
        b'A'..=b'F' => Some(digit.wrapping_sub(b'A').wrapping_add(10)),
        _ => None,
    }
}

/// Iterates over the bytes that `escaped` stands for.
///
/// A backslash that begins no escape is passed on as it is: no kernel sends one.
///
/// # Examples
///
/// ```
/// assert!(panic_wire::unescape(br"a\x0ab\x5cc").eq(*b"a\nb\\c"));
/// ```
#[inline]
pub fn unescape(escaped: &[u8]) -> Unescape<'_> {
    Unescape { rest: escaped }
}

/// The bytes that an escaped text stands for. Made by [`unescape`].
#[derive(Clone, Debug)]
pub struct Unescape<'a> {
    rest: &'a [u8],
}

impl Iterator for Unescape<'_> {
    type Item = u8;

    #[inline]
    fn next(&mut self) -> Option<u8> {
        if let [b'\\', b'x', high, low, rest @ ..] = self.rest {
            if let (Some(high), Some(low)) = (hex_value(*high), hex_value(*low)) {
                self.rest = rest;
                return Some(high << 4 | low);
            }
        }
        let (&byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(byte)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.rest.len() / 4, Some(self.rest.len()))
    }
}
