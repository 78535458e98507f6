// SPDX-License-Identifier: GPL-2.0

//! Text that a terminal takes for nothing but text.

use std::fmt::{self, Write};

/// Displays bytes from anyone as one line that is safe on a terminal and in a file.
///
/// What is printable is left alone; anything else (control characters, above all those that begin a
/// terminal's escape sequences, changes of the writing direction, bytes that are not UTF-8) is shown
/// as `\xNN`, as dmesg does.
///
/// ```
/// use panic_listen::Printable;
///
/// assert_eq!(Printable("a\tÅ".as_bytes()).to_string(), "a\tÅ");
/// assert_eq!(Printable(b"\x1b[31mred\xff").to_string(), r"\x1b[31mred\xff");
/// ```
pub struct Printable<'a>(pub &'a [u8]);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            let text = chunk.valid();
            // Nearly all text is ASCII: write it at once.
            if text.bytes().all(|b| matches!(b, b' '..=b'~' | b'\t')) {
                f.write_str(text)?;
            } else {
                text.chars().try_for_each(|c| match is_printable(c) {
                    true => f.write_char(c),
                    false => escape(f, c.encode_utf8(&mut [0; 4]).as_bytes()),
                })?;
            }
            escape(f, chunk.invalid())?;
        }
        Ok(())
    }
}

/// Returns whether a terminal shows `c` and does nothing else.
pub(crate) fn is_printable(c: char) -> bool {
    match c {
        ' '..='~' | '\t' => true,
        // The standard library's `Debug` knows: it leaves only printable characters as they are.
        _ => c.escape_debug().eq([c]),
    }
}

fn escape(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "\\x{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_terminal_obeys_is_escaped() {
        for (raw, shown) in [
            ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
            ("\u{9b}31m", r"\xc2\x9b31m"),
            ("\x7f\r\x08\0", r"\x7f\x0d\x08\x00"),
            ("\u{202e}abc", r"\xe2\x80\xaeabc"),
            ("\u{2028}", r"\xe2\x80\xa8"),
            ("\u{feff}", r"\xef\xbb\xbf"),
            ("quote ' \" \\ stay", "quote ' \" \\ stay"),
            ("日本 é ✓", "日本 é ✓"),
        ] {
            assert_eq!(Printable(raw.as_bytes()).to_string(), shown);
        }
    }

    proptest! {
        #[test]
        fn never_a_control_character(bytes: Vec<u8>) {
            let shown = Printable(&bytes).to_string();
            prop_assert!(!shown.chars().any(|c| c.is_control() && c != '\t'), "{shown:?}");
        }
    }
}
