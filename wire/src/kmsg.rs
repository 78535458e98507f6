// SPDX-License-Identifier: GPL-2.0

//! Log lines as the kernel prints them.
//!
//! C source: `kmsg_dump_get_line()` and `record_print_text()` in
//! [`kernel/printk/printk.c`](srctree/kernel/printk/printk.c).

use crate::{
    datagram::split_at_byte,
    decimal,
    Caller,
    Malformed,
    Prio,
    Record,
    Text, //
};

/// Reads the record `seq` from what `kmsg_dump_get_line()` wrote, asked for the syslog prefix.
///
/// That is `<6>[    1.234567][   T12] text\n`: the priority; the time unless `printk.time=0`; who
/// printed it with `CONFIG_PRINTK_CALLER`; the text. A record of several lines has the same prefix
/// before each. Such a line does not say its sequence number: it is one less than `cur_seq` of the
/// iterator after the call.
///
/// # Examples
///
/// ```
/// use panic_wire::{
///     kmsg,
///     Caller, //
/// };
///
/// let record = kmsg::parse(b"<4>[    1.234567][   T12] hello\n", 9).unwrap();
/// assert_eq!((record.prio.level(), record.seq, record.usec), (4, 9, 1_234_567));
/// assert_eq!(record.caller, Some(Caller::Task(12)));
/// assert!(record.text.bytes().eq(*b"hello"));
/// ```
pub fn parse(printed: &[u8], seq: u64) -> Result<Record<'_>, Malformed> {
    let rest = printed.strip_prefix(b"<").ok_or(Malformed::Header)?;
    let (prio, rest) = split_at_byte(rest, b'>').ok_or(Malformed::Header)?;
    let prio = decimal::parse(prio)
        .and_then(Prio::from_raw)
        .ok_or(Malformed::Prio)?;

    let (usec, rest) = match bracketed(rest, time) {
        Some((usec, rest)) => (Some(usec), rest),
        None => (None, rest),
    };
    let (caller, rest) = match bracketed(rest, Caller::parse) {
        Some((caller, rest)) => (Some(caller), rest),
        None => (None, rest),
    };
    // Only if there is something in brackets, a space follows.
    let text = match rest.strip_prefix(b" ") {
        Some(text) if usec.is_some() || caller.is_some() => text,
        _ => rest,
    };

    let prefix_len = printed.len().saturating_sub(text.len());
    Ok(Record {
        prio,
        seq,
        usec: usec.unwrap_or(0),
        caller,
        text: Text::prefixed(
            // The kernel adds a newline. Another one before it belongs to the text.
            printed.strip_suffix(b"\n").unwrap_or(printed),
            printed.get(..prefix_len).unwrap_or_default(),
        ),
    })
}

/// Reads `[<padding><what>]` at the beginning of `line`; returns what it is, and what comes after
/// it.
fn bracketed<T>(line: &[u8], what: impl FnOnce(&[u8]) -> Option<T>) -> Option<(T, &[u8])> {
    let (inside, rest) = split_at_byte(line.strip_prefix(b"[")?, b']')?;
    Some((what(inside.trim_ascii_start())?, rest))
}

/// Reads `<seconds>.<microseconds>`; returns microseconds.
fn time(text: &[u8]) -> Option<u64> {
    let (seconds, micros) = split_at_byte(text, b'.')?;
    if micros.len() != 6 {
        return None;
    }
    decimal::parse(seconds)?
        .checked_mul(1_000_000)?
        .checked_add(decimal::parse(micros)?)
}
