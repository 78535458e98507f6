// SPDX-License-Identifier: GPL-2.0

//! The text of a record, still as the kernel printed it.

/// The text of a record: one line or several, with what the kernel put before each of them.
///
/// The kernel prints `<6>[    1.234567] ` before every line of a record. This borrows the lines as
/// printed and leaves the prefix out while they are read, so that no second buffer is needed.
///
/// # Examples
///
/// ```
/// use panic_wire::kmsg;
///
/// let printed = b"<6>[    0.000000] one\n<6>[    0.000000] two\n";
/// let record = kmsg::parse(printed, 0).unwrap();
/// assert!(record.text.bytes().eq(*b"one\ntwo"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    lines: &'a [u8],
    prefix: &'a [u8],
}

impl<'a> Text<'a> {
    /// Returns a text that is just these bytes.
    #[inline]
    pub const fn plain(text: &'a [u8]) -> Self {
        Self {
            lines: text,
            prefix: &[],
        }
    }

    /// Returns the text of `lines`, each without `prefix` where it begins with that.
    #[inline]
    pub const fn prefixed(lines: &'a [u8], prefix: &'a [u8]) -> Self {
        Self { lines, prefix }
    }

    /// Iterates over the bytes of the text.
    #[inline]
    pub fn bytes(&self) -> impl Iterator<Item = u8> + 'a {
        Bytes::new(*self)
    }

    /// Returns whether the text begins with `start`.
    ///
    /// # Examples
    ///
    /// ```
    /// use panic_wire::{
    ///     kmsg,
    ///     PANIC_PREFIX, //
    /// };
    ///
    /// let printed = b"<0>[    1.234567] Kernel panic - not syncing: sysrq triggered crash\n";
    /// assert!(kmsg::parse(printed, 7).unwrap().text.starts_with(PANIC_PREFIX));
    /// ```
    pub fn starts_with(&self, start: &[u8]) -> bool {
        let mut bytes = self.bytes();
        start.iter().all(|&expected| bytes.next() == Some(expected))
    }
}

/// The bytes of a [`Text`].
#[derive(Clone, Debug)]
pub(crate) struct Bytes<'a> {
    rest: &'a [u8],
    prefix: &'a [u8],
}

impl<'a> Bytes<'a> {
    #[inline]
    pub(crate) fn new(text: Text<'a>) -> Self {
        Self {
            rest: without(text.lines, text.prefix),
            prefix: text.prefix,
        }
    }
}

impl Iterator for Bytes<'_> {
    type Item = u8;

    #[inline]
    fn next(&mut self) -> Option<u8> {
        let (&byte, rest) = self.rest.split_first()?;
        self.rest = match byte {
            b'\n' => without(rest, self.prefix),
            _ => rest,
        };
        Some(byte)
    }
}

/// Returns `line` without `prefix` at its beginning, if it is there.
#[inline]
fn without<'a>(line: &'a [u8], prefix: &[u8]) -> &'a [u8] {
    line.strip_prefix(prefix).unwrap_or(line)
}
