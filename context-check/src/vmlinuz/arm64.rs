// SPDX-License-Identifier: GPL-2.0

//! The memory of a kernel for arm64. Its `Image` is what lies in memory from `_text` on, and nothing
//! else: where that is, and what is code, has to be found out.

use super::{Part, Symbols};
use crate::image::Kind;
use anyhow::{Context, Result};

/// The sizes of an address that a kernel can be built for: VA_BITS_MIN.
const BITS: [u32; 5] = [36, 39, 42, 47, 48];

/// The modules have so much room before the kernel: MODULES_VSIZE.
const MODULES: u64 = 2 << 30;

/// The part of an address that tells the bases apart.
const BASE_MASK: u64 = !(MODULES - 1);

/// Where the kernel is linked to begin, KIMAGE_VADDR: of the addresses there can be, the one that
/// most pointers in the kernel lead to. The pointers lie there in full whether they are relocated
/// with RELA or with RELR: with RELA the table has the places.
pub fn base(image: &[u8]) -> Result<u64> {
    let bases = BITS.map(|bits| (1_u64 << (bits - 1)).wrapping_neg() + MODULES);
    let mut votes = [0_u32; BITS.len()];
    for field in image.as_chunks::<8>().0 {
        let value = u64::from_le_bytes(*field);
        // The upper half of all addresses, and few other numbers.
        if value < bases[BITS.len() - 1] {
            continue;
        }
        let is_it = |&base: &u64| value & BASE_MASK == base && value - base < image.len() as u64;
        if let Some(index) = bases.iter().position(is_it) {
            votes[index] += 1;
        }
    }
    let most = votes.iter().zip(bases).max_by_key(|&(&votes, _)| votes);
    let most = most.filter(|&(&votes, _)| votes > 0);
    let (_, base) = most.context(
        "the arm64 kernel has no pointer that tells at which address it runs; it is older than 6.5, \
         or no Linux kernel: give the tree in which it was built",
    )?;
    Ok(base)
}

/// Divides the image by the symbols that stand between its sections.
pub fn parts(base: u64, len: usize, symbols: &Symbols) -> Vec<Part> {
    // Of those that say the same, the last ones are there without CONFIG_KALLSYMS_ALL too.
    const BORDERS: [(&[&str], &str, Kind); 5] = [
        (&["_stext"], ".text", Kind::Code),
        (&["_etext"], ".rodata", Kind::Constant),
        (
            &["__inittext_begin", "_sinittext"],
            ".init.text",
            Kind::Code,
        ),
        (
            &["__exittext_end", "_einittext"],
            ".init.data",
            Kind::Variable,
        ),
        (&["_data", "_sdata"], ".data", Kind::Variable),
    ];
    let mut found = [[None; 2]; BORDERS.len()];
    for symbol in symbols.iter() {
        for (found, (names, ..)) in found.iter_mut().zip(BORDERS) {
            let at = names.iter().position(|&name| name == symbol.name);
            if let Some(at) = at.and_then(|at| found.get_mut(at)) {
                *at = Some(symbol.address);
            }
        }
    }
    let mut parts = vec![Part {
        name: ".head.text".to_owned(),
        address: base,
        range: 0..len,
        kind: Kind::Code,
    }];
    for ([better, other], (_, name, kind)) in found.into_iter().zip(BORDERS) {
        let offset = better
            .or(other)
            .and_then(|address| address.checked_sub(base));
        let offset = offset.and_then(|offset| usize::try_from(offset).ok());
        let (Some(offset), Some(last)) = (offset, parts.last_mut()) else {
            continue;
        };
        if offset >= last.range.end || offset < last.range.start {
            continue;
        }
        last.range.end = offset;
        parts.push(Part {
            name: name.to_owned(),
            address: base + offset as u64,
            range: offset..len,
            kind,
        });
    }
    parts.retain(|part| !part.range.is_empty());
    parts
}
