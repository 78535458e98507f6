// SPDX-License-Identifier: GPL-2.0

//! The kernel log, read without a lock.
//!
//! C header: [`include/linux/kmsg_dump.h`](srctree/include/linux/kmsg_dump.h)

use core::ops::Range;

use panic_wire::{
    kmsg,
    Record, //
};

use crate::bindings;

/// Bytes for one record as text: the 1 KiB that a record has at most, and a prefix for each of its
/// lines. Lines that do not fit are left out.
pub(crate) const LINE_SIZE: usize = 4096;

/// Returns the sequence numbers of the newest records, at most `count` of them.
pub(crate) fn newest(count: u64) -> Range<u64> {
    let mut iter = bindings::kmsg_dump_iter::default();

    // SAFETY: The pointer is valid. Any context may read the log, which has no lock.
    unsafe { bindings::kmsg_dump_rewind(&mut iter) };

    let oldest = iter.next_seq.saturating_sub(count).max(iter.cur_seq);
    oldest..iter.next_seq
}

/// Calls `each` for the records with the numbers in `seqs`, in order, until it fails.
///
/// A record that is no longer there is skipped. `line` is where they are put, one after the other.
pub(crate) fn for_each<E>(
    seqs: Range<u64>,
    line: &mut [u8],
    mut each: impl FnMut(&Record<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let mut iter = bindings::kmsg_dump_iter {
        cur_seq: seqs.start,
        next_seq: seqs.end,
    };

    while iter.cur_seq < seqs.end {
        let mut len = 0;

        // SAFETY: The pointers are valid, `line` for as many bytes as is said.
        let found = unsafe {
            bindings::kmsg_dump_get_line(
                &mut iter,
                true,
                line.as_mut_ptr().cast(),
                line.len(),
                &mut len,
            )
        };
        // The iterator is past the record now, wherever it found the next one.
        let seq = iter.cur_seq.wrapping_sub(1);
        if !found || seq >= seqs.end {
            break;
        }

        if let Some(Ok(record)) = line.get(..len).map(|printed| kmsg::parse(printed, seq)) {
            each(&record)?;
        }
    }

    Ok(())
}
