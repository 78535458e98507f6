// SPDX-License-Identifier: GPL-2.0

//! A file that claims to be a kernel: whatever is in it, an answer or an error comes, and soon.

#![no_main]

use context_check::vmlinuz::Vmlinuz;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| {
    let Ok(kernel) = Vmlinuz::read(file) else {
        return;
    };
    assert!(Vmlinuz::is_one(file));
    assert!(!kernel.release.is_empty());
    assert_eq!(kernel.symbols.iter().count(), kernel.symbols.len());
    assert!(kernel
        .symbols
        .iter()
        .is_sorted_by_key(|symbol| symbol.address));
    for segment in kernel.segments() {
        assert!(segment.bytes.is_empty() || kernel.bytes_at(segment.start).is_some());
    }
});
